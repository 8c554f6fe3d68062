import { expect, test } from 'vitest';
import { composeJsonSchema, type JsonSchema } from './json-schema.ts';

const flows = { type: 'object', properties: { version: { enum: [5, 9, 10] } } };
const latency = { type: 'object', properties: { from: { type: 'string' } } };
const schema = composeJsonSchema({ service: { flows }, application: { latency } });

/** The schema below `keys`, through the alternatives of short and long forms. */
function at(...keys: string[]): JsonSchema {
  let current: JsonSchema = schema;
  for (const key of keys) {
    const forms = (current['anyOf'] as JsonSchema[] | undefined) ?? [current];
    const long = forms
      .map((form) => form['properties'] ?? form)
      .find((form) => Object.hasOwn(form as object, key));
    current = (long as Record<string, JsonSchema>)[key]!;
  }
  return current;
}

const service = ['services', 'additionalProperties'];

test('it is draft 2020-12 and closed', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    patternProperties: { '^x-(?!heddle$)': {} },
  });
});

test('features stand under x-heddle.manage with their parameters', () => {
  expect(at(...service, 'x-heddle', 'manage')).toMatchObject({
    properties: { flows: { anyOf: [{ type: 'boolean' }, flows, { type: 'array', items: flows }] } },
    additionalProperties: false,
  });
  expect(at('x-heddle', 'manage', 'latency')).toBeDefined();
});

test('short forms are offered beside the long ones', () => {
  expect(at(...service, 'ports')).toMatchObject({
    anyOf: [{ items: { anyOf: [expect.anything(), { type: 'object' }] } }, { type: 'null' }],
  });
  expect(at(...service, 'build')).toMatchObject({
    anyOf: expect.arrayContaining([
      { anyOf: [{ type: 'string' }, expect.objectContaining({ type: 'object' })] },
    ]),
  });
  expect(JSON.stringify(at(...service, 'healthcheck'))).toContain('"test"');
});
