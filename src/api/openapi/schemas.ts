import * as z from '../../lib/zod.ts';

type Schema = Record<string, unknown>;

const prefix = '#/components/schemas/';

/**
 * Makes JSON Schemas of the schemas of contracts. Those with a name are described once, among the components, and
 * referred to.
 */
export function describedSchemas() {
  const named = new Map<string, Schema>();
  return {
    schemaOf(schema: z.ZodType): Schema {
      const {
        $defs = {},
        $schema,
        ...made
      } = z.toJSONSchema(schema, {
        io: 'input',
        unrepresentable: 'any',
        override: ({ jsonSchema }) => plain(jsonSchema as Schema),
      }) as Schema;
      for (const [name, one] of Object.entries($defs as Record<string, Schema>))
        named.set(name, referring(one) as Schema);
      return referring(made) as Schema;
    },
    components: () => Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Without what zod says of every whole number and every key. */
function plain(schema: Schema): void {
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (JSON.stringify(schema['propertyNames']) === '{"type":"string"}') delete schema['propertyNames'];
}

/** References lead to the components, and not into each schema by itself. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === '$ref' && typeof one === 'string' ? one.replace('#/$defs/', prefix) : referring(one),
    ]),
  );
}
