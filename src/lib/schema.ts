import * as z from './zod.ts';

/** What a schema gives, which nobody changes. */
export type Of<Schema extends z.ZodType> = Frozen<z.output<Schema>>;

/** What a schema takes: fields with a default may be absent. */
export type Taken<Schema extends z.ZodType> = Frozen<z.input<Schema>>;

type Plain = string | number | boolean | bigint | null | undefined;
type Frozen<T> = T extends Plain ? T : unknown extends T ? T : { readonly [Key in keyof T]: Frozen<T[Key]> };

export const text = z.string();
export const integer = z.int();
/** RFC 3339. */
export const time = z.string().meta({ format: 'date-time' });
export const optional = z.exactOptional;

/** Whether a field may be left out of what is taken. */
export function mayBeAbsent(schema: z.core.$ZodType): boolean {
  return schema._zod.optin !== undefined;
}

/** An object that is answered: later versions may add fields. `name` is that of its type in the reference. */
export function record<Shape extends z.ZodRawShape>(name: string, description: string, shape: Shape) {
  return z.object(shape).meta({ id: name, ...(description !== '' && { description }) });
}
