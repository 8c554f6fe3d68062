import { type JsonSchema, jsonSchemaOf } from '../../lib/json-schema.ts';
import type * as z from '../../lib/zod.ts';

const prefix = '#/components/schemas/';

/**
 * Makes JSON Schemas of the schemas of contracts. Those with a name are described once, among the components, and
 * referred to.
 */
export function describedSchemas() {
  const named = new Map<string, JsonSchema>();
  return {
    schemaOf(schema: z.ZodType): JsonSchema {
      const { $defs = {}, ...made } = jsonSchemaOf(schema);
      for (const [name, one] of Object.entries($defs as Record<string, JsonSchema>))
        named.set(name, referring(one) as JsonSchema);
      return referring(made) as JsonSchema;
    },
    components: () => Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
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
