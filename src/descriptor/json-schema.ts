import * as z from '../lib/zod.ts';
import { chainFeature } from './schema/chains.ts';
import { composeFile } from './schema/compose-file.ts';
import { applicationManage, serviceManage } from './schema/heddle.ts';
import { shortForms } from './schema/values.ts';

export type JsonSchema = { [key: string]: unknown };

/**
 * The JSON Schema (draft 2020-12) of the file that Heddle reads, for editors. `features` has the schema of
 * each feature's parameters, for services, for the whole application, and for chains.
 */
export function composeJsonSchema(features: {
  readonly service: Readonly<Record<string, JsonSchema>>;
  readonly application: Readonly<Record<string, JsonSchema>>;
  readonly chain: Readonly<Record<string, JsonSchema>>;
}): JsonSchema {
  const schema = z.toJSONSchema(composeFile, {
    target: 'draft-2020-12',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const long = jsonSchema as JsonSchema;
      if (zodSchema === serviceManage) offerFeatures(long, features.service);
      if (zodSchema === applicationManage) offerFeatures(long, features.application);
      if (zodSchema === chainFeature) offerFunctions(long, features.chain);
      // Keys of other tools may stand anywhere.
      if (long['additionalProperties'] === false) long['patternProperties'] = { '^x-(?!heddle$)': {} };
      const short = shortForms.get(zodSchema)?.short;
      if (short) offerShortForm(long, short);
    },
  });
  return { title: 'Compose file with x-heddle', ...(schema as JsonSchema) };
}

function offerFeatures(manage: JsonSchema, features: Readonly<Record<string, JsonSchema>>): void {
  const names = Object.entries(features);
  if (names.length === 0) return;
  const properties = names.map(([name, parameters]) => [
    name,
    { anyOf: [{ type: 'boolean' }, parameters, { type: 'array', items: parameters }] },
  ]);
  offer(manage, Object.fromEntries(properties));
}

/** Of a chain's functions each is written by itself. */
function offerFunctions(entry: JsonSchema, features: Readonly<Record<string, JsonSchema>>): void {
  const names = Object.entries(features);
  if (names.length === 0) return;
  const properties = names.map(([name, parameters]) => [name, { anyOf: [{ const: true }, parameters] }]);
  offer(entry, Object.fromEntries(properties));
  Object.assign(entry, { minProperties: 1, maxProperties: 1 });
}

function offer(schema: JsonSchema, properties: JsonSchema): void {
  for (const key of Object.keys(schema)) delete schema[key];
  Object.assign(schema, { type: 'object', properties, additionalProperties: false });
}

function offerShortForm(schema: JsonSchema, short: z.ZodType): void {
  const long = { ...schema };
  const { $schema: _, ...shortSchema } = z.toJSONSchema(short, { io: 'input', unrepresentable: 'any' });
  for (const key of Object.keys(schema)) delete schema[key];
  schema['anyOf'] = [shortSchema, long];
}
