/** A JSON Schema (OpenAPI 3.1 takes them as they are). */
export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const number: Schema = { type: 'number' };
export const boolean: Schema = { type: 'boolean' };
/** RFC 3339. */
export const time: Schema = { type: 'string', format: 'date-time' };

export function list(items: Schema): Schema {
  return { type: 'array', items };
}

export function oneOf(...values: readonly string[]): Schema {
  return { type: 'string', enum: values };
}

export function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function described(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

type OptionalKeys<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/**
 * The schema of an interface: one property a key, so that a key without a schema, or a schema without a key, does not
 * compile.
 */
export function shape<T extends object>(
  properties: { readonly [Key in keyof T]-?: Schema },
  ...optional: readonly OptionalKeys<T>[]
): Schema {
  const required = Object.keys(properties).filter((key) => !optional.includes(key as OptionalKeys<T>));
  return { type: 'object', required, properties };
}
