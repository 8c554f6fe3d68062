import { expect, test } from 'vitest';
import { publishedBy } from './published-by.ts';

const of = (wished: unknown, observed?: unknown) =>
  publishedBy({
    options: { ports: wished },
    status: { phase: 'ready', observed: observed === undefined ? {} : { ports: observed } },
  });
const web = { port: 80, protocol: 'tcp' } as const;

test('a port is published as it was chosen, or else as it was wished', () => {
  expect(of([web], [{ ...web, published: 50_000 }])).toEqual([{ ...web, published: 50_000 }]);
  expect(of([{ ...web, published: 8080 }])).toEqual([{ ...web, published: 8080 }]);
});

test('one that has no number yet is published nowhere, and an archetype without ports publishes none', () => {
  expect(of([web])).toEqual([]);
  expect(of(undefined)).toEqual([]);
});
