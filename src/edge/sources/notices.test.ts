import { expect, test } from 'vitest';
import type { Refusal } from '../grants/grants.ts';
import { noticesOf } from './notices.ts';

const originsOf = (service: string) => [{ source: 'kubernetes a', origin: `Service ${service}` }];
const port = (service: string, holders: readonly string[]): Refusal => ({
  service,
  kind: 'port',
  what: '7001/tcp',
  reason: `${holders.join()} has it`,
  holders,
  isPublished: true,
});
const said = (service: string, refusals: readonly Refusal[]) =>
  noticesOf([], refusals, originsOf).get('kubernetes a')?.get(`Service ${service}`);

test('both are told: who is refused, and who has it', () => {
  const refusals = [port('other/clash', ['shop/named'])];
  expect(said('other/clash', refusals)).toEqual([
    {
      reason: 'PortTaken',
      isWarning: true,
      message: 'other/clash is not given the port 7001/tcp: shop/named has it; the rest of it is published',
    },
  ]);
  expect(said('shop/named', refusals)).toEqual([
    {
      reason: 'PortWanted',
      isWarning: false,
      message: 'other/clash asked for the port 7001/tcp, which shop/named keeps',
    },
  ]);
});

test('of many that want it a few are named, in one notice', () => {
  const refusals = ['e', 'd', 'c', 'b', 'a'].map((name) => port(`x/${name}`, ['shop/named']));
  expect(said('shop/named', refusals)).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/^x\/a, x\/b, x\/c and 2 more asked for/) }),
  ]);
});

test('those that share what another may not have are not told', () => {
  expect(said('shop/web', [port('other/raw', ['shop/web', 'shop/api'])])).toBeUndefined();
});

test('what is wrong with an object is told there, and whether it is published all the same', () => {
  const fault = { source: 'kubernetes a', origin: 'Service shop/web', reason: 'has a mistake' };
  const reasons = [true, false].map(
    (isPublished) =>
      noticesOf([{ ...fault, isPublished }], [], originsOf)
        .get('kubernetes a')
        ?.get('Service shop/web')?.[0],
  );
  expect(reasons).toEqual([
    { reason: 'PublishedInPart', isWarning: true, message: 'Service shop/web has a mistake' },
    { reason: 'NotPublished', isWarning: true, message: 'Service shop/web has a mistake' },
  ]);
});
