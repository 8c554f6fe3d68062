import { expect, test } from 'vitest';
import { describeText } from '../../test/support/compose.ts';
import { neighboursOf } from './neighbours.ts';

test('neighbours are on a common network, each once, in the order of the file', () => {
  const { application } = describeText(`
services:
  far: { image: a, networks: [back] }
  web: { image: a, networks: [front, back] }
  db: { image: a, networks: [back, front] }
  cache: { image: a, networks: [front] }
  alone: { image: a, network_mode: none }
networks: { front: {}, back: {} }
`);
  const of = (name: string) => neighboursOf(application, application.services[name]!);
  expect(of('web')).toEqual(['far', 'db', 'cache']);
  expect(of('far')).toEqual(['web', 'db']);
  expect(of('alone')).toEqual([]);
});
