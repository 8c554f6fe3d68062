import type * as z from '../lib/zod.ts';

/**
 * The values that stand in a query, where everything is text: what a parameter is follows from its schema. A text that is
 * no such value stays as it is, for the schema to refuse.
 */
export function queryValues(schema: z.ZodObject, query: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, said]) => {
      const parameter = Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
      return [name, parameter ? meant(bare(parameter), said) : said];
    }),
  );
}

function meant(schema: z.core.$ZodType, said: unknown): unknown {
  const { def } = schema._zod;
  if (def.type === 'array') {
    const { element } = def as z.core.$ZodArrayDef;
    return (Array.isArray(said) ? said : [said]).map((item) => meant(bare(element), item));
  }
  if (typeof said !== 'string') return said;
  if (def.type === 'number') return /^-?\d+(\.\d+)?$/.test(said) ? Number(said) : said;
  if (def.type === 'boolean' && (said === 'true' || said === 'false')) return said === 'true';
  return said;
}

/** The schema without what says that it may be absent. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return innerType ? bare(innerType) : schema;
}
