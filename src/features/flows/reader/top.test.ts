import { expect, test } from 'vitest';
import { type AddressPair, topTalkers } from './top.ts';

const services: Record<string, string> = { '10.0.0.1': 'web', '10.0.0.2': 'web', '10.0.0.9': 'db' };
const book = {
  ownerOf: (address: string) => {
    const service = services[address];
    return service === undefined ? undefined : { service, pod: `${service}-1` };
  },
};

function pair(source: string, destination: string, bytes: number): AddressPair {
  return { source, destination, first: 0, last: 1000, packets: 1, bytes, flows: 1 };
}

test('replicas of a service are added up, and what two probes saw counts once', () => {
  const pairs = [
    pair('10.0.0.1', '10.0.0.9', 100),
    pair('10.0.0.1', '10.0.0.9', 90),
    pair('10.0.0.2', '10.0.0.9', 50),
    pair('192.0.2.1', '10.0.0.1', 500),
  ];
  expect(topTalkers(pairs, book, { by: 'bytes' })).toMatchObject([
    { source: '192.0.2.1', destination: 'web', bytes: 500, flows: 1 },
    { source: 'web', destination: 'db', bytes: 150, flows: 2, last: '1970-01-01T00:00:01.000Z' },
  ]);
});

test('by services, and the first few only', () => {
  const pairs = [pair('10.0.0.1', '10.0.0.9', 1), pair('192.0.2.1', '192.0.2.2', 9)];
  expect(topTalkers(pairs, book, { by: 'bytes', services: ['db'] })).toMatchObject([{ source: 'web' }]);
  expect(topTalkers(pairs, book, { by: 'bytes', limit: 1 })).toMatchObject([{ source: '192.0.2.1' }]);
});
