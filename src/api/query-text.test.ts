import { expect, test } from 'vitest';
import { optional } from '../lib/schema.ts';
import * as z from '../lib/zod.ts';
import { queryValues } from './query-text.ts';

const schema = z.strictObject({
  services: optional(z.array(z.string())),
  limits: z.array(z.number()).default([]),
  since: optional(z.int()),
  raw: optional(z.boolean()),
  name: z.string(),
});

test('text is what its schema says that it is', () => {
  const said = { services: 'web', limits: ['1', '2.5'], since: '-12', raw: 'true', name: '12' };
  expect(queryValues(schema, said)).toEqual({
    services: ['web'],
    limits: [1, 2.5],
    since: -12,
    raw: true,
    name: '12',
  });
});

test('what is no such value, or unknown, is left for the schema to refuse', () => {
  const said = { since: '12x', raw: 'yes', name: ['a', 'b'], constructor: 'x', limits: '' };
  expect(queryValues(schema, said)).toEqual({ ...said, limits: [''] });
  expect(schema.safeParse(queryValues(schema, said)).error?.issues).toHaveLength(5);
});
