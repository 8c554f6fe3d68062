import { decode } from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { client, copyOn, queryFor, serviceOf, snapshotOf, zoneOf } from '../../../test/support/site-zone.ts';
import { tries } from '../../../test/support/tries.ts';
import { answer } from './answer.ts';
import { Cookies } from './cookies.ts';
import type { Zone } from './zone.ts';

// Anybody can send anything to a DNS server: it answers well, briefly, or not at all.

const runs = tries(100_000, 3000);

const zone = zoneOf(
  snapshotOf(serviceOf('big', { copies: Array.from({ length: 40 }, (_, n) => copyOn('oulu-1', `s${n}`)) })),
  7,
);
const stale = zoneOf(snapshotOf());
stale.setStale(true);

const cookies = new Cookies();
const options = {
  nsid: 'helsinki',
  cookies,
  isForwarder: () => true,
};

/** Queries that together use all that is read. */
const seeds: readonly Buffer[] = [
  queryFor({ name: 'web.shop.svc.edge.internal' }),
  queryFor({ name: '_http._tcp.big.shop.svc.edge.internal', type: 'SRV', edns: true }),
  queryFor({ name: 'edge.internal', type: 'ANY', edns: true, dnssec: true }),
  queryFor({ name: 'edge.internal', type: 'AXFR' }),
  queryFor({ name: 'nope.edge.internal', version: 1 }),
  queryFor({ name: 'example.org', type: 'TXT', class: 'CH', size: 65_535 }),
  queryFor({
    name: 'DB.edge.INTERNAL',
    type: 'AAAA',
    size: 512,
    options: [
      { code: 3, data: Buffer.alloc(0) },
      {
        code: 10,
        data: cookies.check(Buffer.alloc(8, 1), client.address, client.now / 1000)?.data as Buffer,
      },
      { code: 8, data: Buffer.from([0, 1, 20, 0, 10, 1, 16]) },
      { code: 4242, data: Buffer.alloc(5) },
    ],
  }),
];

type Mutation = (bytes: Buffer) => Buffer;

const at = fc.nat({ max: 200 });
const byte = fc.oneof(fc.constantFrom(0, 1, 12, 41, 63, 64, 0xc0, 0xff), fc.nat({ max: 255 }));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, byte).map(
    ([index, value]): Mutation =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        if (changed.length > 0) changed[index % changed.length] = value;
        return changed;
      },
  ),
  at.map(
    (length): Mutation =>
      (bytes) =>
        bytes.subarray(0, length),
  ),
  fc.tuple(at, fc.uint8Array({ maxLength: 12 })).map(
    ([index, more]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)]),
  ),
  fc.tuple(at, at).map(
    ([from, to]): Mutation =>
      (bytes) =>
        Buffer.concat([bytes.subarray(0, Math.min(from, to)), bytes.subarray(Math.max(from, to))]),
  ),
);
const message = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 4 })).map(mutated),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) },
);

function mutated([seed, mutations]: [Buffer, Mutation[]]): Buffer {
  return mutations.reduce((bytes, mutate) => mutate(bytes), seed);
}

test('hostile messages: no crash, nothing gained by a refused one, every answer a proper one', () => {
  const codes = new Map<number, number>();
  const check = (bytes: Buffer, transport: 'udp' | 'tcp', asked: Zone) => {
    const sent = Buffer.from(bytes);
    const answered = answer(bytes, { ...client, transport }, asked, options);
    expectThat(bytes.equals(sent), 'the query was not changed');
    const isQuery = bytes.length >= 12 && !((bytes[2] as number) & 0x80);
    expectThat(isQuery === (answered !== undefined), 'queries are answered, and nothing else is');
    if (!answered) return;
    const code = codeOf(answered);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    expectThat(answered.readUInt16BE(0) === bytes.readUInt16BE(0), 'the answer is one to this query');
    const isRefusal = code !== 0 && code !== 3;
    expectThat(!isRefusal || answered.length <= bytes.length, 'nothing is gained by what is refused');
    expectThat(transport === 'tcp' || answered.length <= 1232, 'what goes over UDP fits');
  };
  fc.assert(fc.property(message, fc.constantFrom('udp', 'tcp'), fc.constantFrom(zone, stale), check), runs);
  // All that may be said was said, or the messages were not hostile enough, or too much so.
  expect([...codes.keys()].sort((a, b) => a - b)).toEqual([0, 1, 3, 4, 5, 16]);
  for (const count of codes.values()) expect(count).toBeGreaterThan(runs.numRuns / 1000);
});

function codeOf(answered: Buffer): number {
  const { type, additionals } = decode(answered);
  expectThat(type === 'response', 'the answer is one');
  const opt = additionals?.find((one) => one.type === 'OPT') as { extendedRcode: number } | undefined;
  return ((answered[3] as number) & 15) + (opt?.extendedRcode ?? 0) * 16;
}

/** A plain check, since a hundred thousand of vitest's take long. */
function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}
