import { decode, encode } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import {
  type Answered,
  ask,
  client,
  copyOn,
  dataOf,
  plain,
  queryFor,
  serviceOf,
  snapshotOf,
  zoneOf,
} from '../../../test/support/site-zone.ts';
import { answer } from './answer.ts';
import { Cookies } from './cookies.ts';

const zone = zoneOf(snapshotOf());
const web = 'web.shop.svc.edge.internal';

/** The options of an answer, by code, in hex. */
function optionsOf(answered: Answered | undefined): Record<number, string> {
  const opt = answered?.additionals?.find(({ type }) => type === 'OPT') as
    | { options: { code: number; data: Buffer }[] }
    | undefined;
  return Object.fromEntries((opt?.options ?? []).map(({ code, data }) => [code, data.toString('hex')]));
}

function raw(bytes: Buffer, from = client): Buffer | undefined {
  return answer(bytes, from, zone, plain);
}

describe('the header', () => {
  test('repeats id and the wish for recursion, and says who answers', () => {
    const answered = ask(zone, { name: web, flags: 0x0100 });
    expect(answered).toMatchObject({ id: 4711, flag_qr: true, flag_aa: true, flag_rd: true, flag_ra: false });
  });

  test.each([['a response', (query: Buffer) => query.writeUInt8(0x80, 2)]])(
    '%s is not answered',
    (_, spoil) => {
      const query = queryFor({ name: web });
      spoil(query);
      expect(raw(query)).toBeUndefined();
    },
  );

  test('without a whole header there is no answer', () => {
    expect(raw(queryFor({ name: web }).subarray(0, 11))).toBeUndefined();
  });

  test.each([
    ['an opcode other than QUERY', 4, (query: Buffer) => query.writeUInt8(5 << 3, 2)],
    ['no question', 1, (query: Buffer) => query.writeUInt16BE(0, 4)],
    ['two questions', 1, (query: Buffer) => query.writeUInt16BE(2, 4)],
    ['an answer in the question', 1, (query: Buffer) => query.writeUInt16BE(1, 6)],
    ['a name that points at itself', 1, (query: Buffer) => query.writeUInt16BE(0xc00c, 12)],
    ['a label of 64 letters', 1, (query: Buffer) => query.writeUInt8(64, 12)],
    ['a second OPT record', 1, (query: Buffer) => query.writeUInt16BE(2, 10)],
  ])('%s: code %i and nothing but a header', (_, code, spoil) => {
    const query = queryFor({ name: web, edns: true });
    spoil(query);
    const answered = raw(query);
    expect([answered?.length, (answered?.[3] ?? 0) & 15]).toEqual([12, code]);
  });

  test('bytes after the message are an error', () => {
    expect((raw(Buffer.concat([queryFor({ name: web }), Buffer.alloc(1)]))?.[3] ?? 0) & 15).toBe(1);
  });
});

describe('types and classes', () => {
  test('ANY is answered with next to nothing', () => {
    const answered = ask(zone, { name: web, type: 'ANY' });
    expect(answered?.answers).toMatchObject([{ type: 'HINFO', data: { cpu: 'RFC8482' } }]);
    expect(ask(zone, { name: 'nope.edge.internal', type: 'ANY' })?.rcode).toBe('NXDOMAIN');
  });

  test.each(['AXFR', 'IXFR'])('%s is refused, over TCP as well', (type) => {
    expect(ask(zone, { name: 'edge.internal', type })?.rcode).toBe('REFUSED');
    expect(ask(zone, { name: 'edge.internal', type }, {}, { transport: 'tcp' })?.rcode).toBe('REFUSED');
  });

  test.each(['CH', 'ANY'] as const)('class %s is refused', (asked) => {
    expect(ask(zone, { name: web, class: asked })?.rcode).toBe('REFUSED');
  });

  test('a type that there is nothing of', () => {
    const answered = ask(zone, { name: web, type: 'UNKNOWN_4242' });
    expect([answered?.rcode, answered?.authorities?.length]).toEqual(['NOERROR', 1]);
  });
});

describe('EDNS', () => {
  test('is answered to those that speak it, and to nobody else', () => {
    expect(ask(zone, { name: web, edns: true, dnssec: true })?.additionals).toMatchObject([
      { type: 'OPT', udpPayloadSize: 1232, ednsVersion: 0, flag_do: true },
    ]);
    expect(ask(zone, { name: web })?.additionals).toEqual([]);
  });

  test('of a later version is BADVERS', () => {
    const answered = ask(zone, { name: web, version: 1 });
    expect(answered?.additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1, ednsVersion: 0 }]);
    expect(answered?.answers).toEqual([]);
  });

  test('an option that reaches past the record is an error', () => {
    const query = queryFor({ name: web, options: [{ code: 3, data: Buffer.alloc(2) }] });
    query.writeUInt16BE(200, query.length - 4);
    expect((raw(query)?.[3] ?? 0) & 15).toBe(1);
  });

  test('NSID names the server', () => {
    const nsid = { options: [{ code: 3, data: Buffer.alloc(0) }], name: web };
    expect(optionsOf(ask(zone, nsid, { nsid: 'helsinki' }))).toEqual({
      3: Buffer.from('helsinki').toString('hex'),
    });
    expect(optionsOf(ask(zone, nsid))).toEqual({});
  });

  test('of the options a malformed cookie is an error', () => {
    const options = [{ code: 10, data: Buffer.alloc(7) }];
    expect(ask(zone, { name: web, options })?.rcode).toBe('FORMERR');
  });
});

describe('what is too long for UDP', () => {
  const nodes = Array.from({ length: 70 }, (_, index) => `n${index}`);
  const { view, ...rest } = snapshotOf(
    serviceOf('big', { copies: nodes.map((node) => copyOn(node, 'oulu', { id: node })) }),
    serviceOf('mid', { copies: nodes.slice(0, 9).map((node) => copyOn(node, 'oulu', { id: node })) }),
  );
  const addresses = Object.fromEntries(nodes.map((node, index) => [node, [`10.7.0.${index}`]]));
  const large = zoneOf({ ...rest, view: { ...view, nodes: addresses } }, 7);
  const big = { name: 'big.shop.svc.edge.internal' };

  test('is cut, and says so', () => {
    const answered = ask(large, big);
    expect(answered).toMatchObject({ flag_tc: true, rcode: 'NOERROR', answers: [] });
  });

  test('goes over TCP whole', () => {
    const answered = ask(large, big, {}, { transport: 'tcp' });
    expect([answered?.flag_tc, answered?.answers?.length]).toEqual([false, 70]);
  });

  test('depends on what the client takes, and on the 1232 bytes that this server gives at most', () => {
    const addresses = (size: number, name: string) => {
      const bytes = answer(queryFor({ name, size }), client, large, plain);
      expect(bytes?.length).toBeLessThanOrEqual(Math.max(512, Math.min(1232, size)));
      return bytes && decode(bytes).answers?.length;
    };
    expect([addresses(1232, big.name), addresses(65_535, big.name), addresses(600, big.name)]).toEqual([
      70, 70, 0,
    ]);
  });

  test('loses the addresses of its targets first, which is no truncation', () => {
    const name = '_http._tcp.mid.shop.svc.edge.internal';
    const small = ask(large, { name, type: 'SRV', size: 512 });
    expect(small).toMatchObject({ flag_tc: false });
    expect([small?.answers?.length, small?.additionals?.length]).toEqual([9, 1]);
    const whole = ask(large, { name, type: 'SRV', size: 1232 });
    expect(whole?.additionals).toHaveLength(10);
  });
});

describe('while the gateway is cut off', () => {
  const stale = zoneOf(snapshotOf(serviceOf('slow', { ttl: 150 })));
  stale.setStale(true);

  test.each([
    [web, 'A', '0003'],
    [web, 'MX', '0003'],
    ['nope.edge.internal', 'A', '0013'],
  ])('%s %s says that it may be out of date', (name, type, code) => {
    expect(optionsOf(ask(stale, { name, type, edns: true }))).toEqual({ 15: code });
    expect(optionsOf(ask(zone, { name, type, edns: true }))).toEqual({});
  });

  test('nothing is to be kept longer than 30 s', () => {
    const slow = { name: 'slow.edge.internal' };
    expect(ask(stale, slow)?.answers).toMatchObject([{ ttl: 30 }]);
    stale.setStale(false);
    expect(ask(stale, slow)?.answers).toMatchObject([{ ttl: 150 }]);
  });

  test('and never had a view, it says that it is not ready', () => {
    const answered = ask(undefined, { name: web, edns: true });
    expect([answered?.rcode, optionsOf(answered)]).toEqual(['SERVFAIL', { 15: '000e' }]);
  });
});

test('what is refused is not answered at length, whatever was asked for', () => {
  const options = [
    { code: 10, data: Buffer.alloc(8, 7) },
    { code: 3, data: Buffer.alloc(0) },
  ];
  const query = queryFor({ name: 'example.org', options });
  const answered = answer(query, client, zone, { ...plain, nsid: 'a-long-name-of-a-gateway' });
  expect(answered?.length).toBeLessThanOrEqual(query.length);
});

describe('client subnet', () => {
  const subnet = { code: 8, data: Buffer.from([0, 1, 24, 0, 198, 51, 100]) };

  test('changes nothing, and is answered with scope 0: the answer is for all', () => {
    const answered = ask(zone, { name: web, options: [subnet] });
    expect(dataOf(answered)).toEqual(['10.1.0.1']);
    expect(optionsOf(answered)).toEqual({ 8: '00011800c63364' });
  });

  test.each([
    ['a family that is none', [0, 9, 24, 0, 1, 1, 1]],
    ['a scope in a query', [0, 1, 24, 8, 1, 1, 1]],
    ['more bits than an address has', [0, 1, 33, 0, 1, 1, 1, 1, 1]],
    ['fewer bytes than bits', [0, 1, 24, 0, 1, 1]],
    ['bits beyond the prefix', [0, 1, 20, 0, 1, 1, 1]],
  ])('%s is an error', (_, data) => {
    const answered = ask(zone, { name: web, options: [{ code: 8, data: Buffer.from(data) }] });
    expect(answered?.rcode).toBe('FORMERR');
  });
});

describe('over the limit', () => {
  const limited = { limit: () => 'drop' as const };

  test('there is silence, or a hint to use TCP', () => {
    expect(ask(zone, { name: web }, limited)).toBeUndefined();
    const slipped = ask(zone, { name: web }, { limit: () => 'slip' as const });
    expect(slipped).toMatchObject({ flag_tc: true, answers: [] });
  });

  test('TCP, named forwarders and a client that proved its address are answered', () => {
    expect(ask(zone, { name: web }, limited, { transport: 'tcp' })?.answers).toHaveLength(1);
    expect(ask(zone, { name: web }, { ...limited, isForwarder: () => true })?.answers).toHaveLength(1);
    const { cookies } = plain;
    const proof = cookies.check(Buffer.alloc(8, 5), client.address, client.now / 1000)?.data as Buffer;
    const options = [{ code: 10, data: proof }];
    expect(ask(zone, { name: web, options }, limited)?.answers).toHaveLength(1);
    expect(ask(zone, { name: web, options }, limited, { address: '192.0.2.8' })).toBeUndefined();
    expect(ask(zone, { name: web, options }, { ...limited, cookies: new Cookies() })).toBeUndefined();
  });
});

test('two names that only look alike are two names', () => {
  // One label "web.shop", with a dot in it.
  const query = encode({ questions: [{ name: 'web-shop.svc.edge.internal', type: 'A' }] });
  query[16] = '.'.charCodeAt(0);
  const bytes = raw(query);
  expect(bytes && (decode(bytes) as Answered).rcode).toBe('NXDOMAIN');
});
