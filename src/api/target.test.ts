import { expect, test } from 'vitest';
import { targetOf } from './target.ts';

test('a path has its parameters in it, as one segment each', () => {
  expect(targetOf('/v1/applications/:project/up', { params: { project: 'a/b' } })).toBe(
    '/v1/applications/a%2Fb/up',
  );
});

test('a query repeats what is a list, and leaves out what is not said', () => {
  const query = { services: ['web', 'd b'], since: 0, until: undefined, raw: true, empty: [] };
  expect(targetOf('/x', { query })).toBe('/x?services=web&services=d+b&since=0&raw=true');
});
