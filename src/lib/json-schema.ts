import * as z from './zod.ts';

export type JsonSchema = Record<string, unknown>;

/** What a schema takes, as JSON Schema (draft 2020-12), without what zod says of every whole number and every key. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema, ...made } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => plain(jsonSchema as JsonSchema),
  }) as JsonSchema;
  return made;
}

function plain(schema: JsonSchema): void {
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (JSON.stringify(schema['propertyNames']) === '{"type":"string"}') delete schema['propertyNames'];
}
