import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { decode, encode } from './codec.ts';
import { Frames } from './frames.ts';
import type { Message } from './message.ts';

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt(0n, 0xffff_ffff_ffff_ffffn);
const data = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => Buffer.from(bytes).toString('hex').match(/../g)!.join(':'));
const name = fc.stringMatching(/^[a-z0-9]{1,15}$/);
const match = fc.record(
  {
    inPort: u32,
    metadata: u64,
    ethDst: fc.oneof(
      mac,
      fc.tuple(mac, mac).map((both) => both.join('/')),
    ),
    ethSrc: mac,
    ethType: u16,
    vlanVid: u16,
  },
  { requiredKeys: [] },
);
const action = fc.oneof(
  fc.record({ type: fc.constant('output' as const), port: u32, bytes: fc.integer({ min: 1, max: 0xffff }) }),
  fc.record({ type: fc.constant('output' as const), port: u32 }),
  fc.record({ type: fc.constant('group' as const), group: u32 }),
  fc.record({ type: fc.constant('pushVlan' as const), ethType: u16 }),
  fc.constant({ type: 'popVlan' as const }),
  fc.record({
    type: fc.constant('setField' as const),
    field: fc.oneof(fc.record({ vlanVid: u16 }), fc.record({ ethDst: mac }), fc.record({ ethSrc: mac })),
  }),
);
const actions = fc.array(action, { maxLength: 5 });
const instruction = fc.oneof(
  fc.record({ type: fc.constant('goto' as const), table: u8 }),
  fc.record({ type: fc.constant('writeMetadata' as const), metadata: u64, mask: u64 }),
  fc.record({ type: fc.constantFrom('write' as const, 'apply' as const), actions }),
  fc.constant({ type: 'clear' as const }),
  fc.record({ type: fc.constant('meter' as const), meter: u32 }),
);
const flow = {
  table: u8,
  priority: u16,
  cookie: u64,
  match,
  instructions: fc.array(instruction, { maxLength: 4 }),
  idleTimeout: u16,
  hardTimeout: u16,
  reportsRemoval: fc.boolean(),
};
const switchPort = fc.record({ number: u32, mac, name, isUp: fc.boolean() });
const meter = { meter: u32, rate: u32, burst: u32 };
const counters = fc.record({ packets: u64, bytes: u64, dropped: u64, errors: u64 });
const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 4 });

const reply = fc.oneof(
  fc.record({
    kind: fc.constant('description' as const),
    description: fc.record({
      manufacturer: name,
      hardware: name,
      software: name,
      serial: name,
      datapath: name,
    }),
  }),
  fc.record({
    kind: fc.constant('flow' as const),
    flows: several(fc.record({ ...flow, age: u32, packets: u64, bytes: u64 })),
  }),
  fc.record({
    kind: fc.constant('table' as const),
    tables: several(fc.record({ table: u8, active: u32, lookups: u64, matches: u64 })),
  }),
  fc.record({
    kind: fc.constant('portStats' as const),
    ports: several(fc.record({ port: u32, rx: counters, tx: counters })),
  }),
  fc.record({ kind: fc.constant('meterConfig' as const), meters: several(fc.record(meter)) }),
  fc.record({ kind: fc.constant('ports' as const), ports: several(switchPort) }),
);
const request = fc.oneof(
  fc.record({
    kind: fc.constantFrom('description' as const, 'table' as const, 'meterConfig' as const, 'ports' as const),
  }),
  fc.record({ kind: fc.constant('portStats' as const), port: u32 }),
  fc.record({ kind: fc.constant('flow' as const), table: u8, cookie: u64, cookieMask: u64 }),
);

/** Every type of message. */
const message: fc.Arbitrary<Exclude<Message, { type: 'other' }>> = fc.oneof(
  fc.record({
    type: fc.constant('hello' as const),
    versions: fc.uniqueArray(fc.nat(31), { minLength: 1 }).map((all) => all.sort((a, b) => a - b)),
  }),
  fc.record({ type: fc.constant('error' as const), errorType: u16, code: u16, data }),
  fc.record({ type: fc.constantFrom('echoRequest' as const, 'echoReply' as const), data }),
  fc.record({
    type: fc.constantFrom(
      'featuresRequest' as const,
      'getConfigRequest' as const,
      'barrierRequest' as const,
      'barrierReply' as const,
    ),
  }),
  fc.record({
    type: fc.constant('featuresReply' as const),
    datapathId: fc.stringMatching(/^[0-9a-f]{16}$/),
    tables: u8,
  }),
  fc.record({ type: fc.constantFrom('getConfigReply' as const, 'setConfig' as const), missBytes: u16 }),
  fc.record({ type: fc.constant('packetIn' as const), reason: u8, table: u8, cookie: u64, match, data }),
  fc.record({
    type: fc.constant('flowRemoved' as const),
    flow: fc.record({ table: u8, priority: u16, cookie: u64, match }),
  }),
  fc.record({ type: fc.constant('portStatus' as const), reason: u8, port: switchPort }),
  fc.record({ type: fc.constant('packetOut' as const), inPort: u32, actions, data }),
  fc.record({
    type: fc.constant('flowMod' as const),
    flow: fc.record({ ...flow, command: u8, cookieMask: u64 }),
  }),
  fc.record({
    type: fc.constant('groupMod' as const),
    group: fc.record({ command: u16, type: u8, group: u32, buckets: fc.array(actions, { maxLength: 3 }) }),
  }),
  fc.record({ type: fc.constant('meterMod' as const), meter: fc.record({ command: u16, ...meter }) }),
  fc.record({ type: fc.constant('multipartRequest' as const), request }),
  fc.record({ type: fc.constant('multipartReply' as const), reply, more: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('roleRequest' as const, 'roleReply' as const),
    role: u32,
    generation: u64,
  }),
);

test('what is written is read as it was', () => {
  fc.assert(
    fc.property(message, u32, (said, xid) => {
      const read = decode(encode(said, xid));
      expect(read.xid).toBe(xid);
      expect(plain(read.message)).toEqual(plain(said));
    }),
    tries(10_000, 200),
  );
});

test('what was damaged on its way is refused by a typed error, or is another message', () => {
  fc.assert(
    fc.property(
      message,
      fc.array(fc.tuple(u16, u8), { minLength: 1, maxLength: 8 }),
      u16,
      (said, damage, cut) => {
        const bytes = encode(said, 7);
        for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
        const left = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
        onlyTyped(() => new Frames().push(left).map(decode));
        onlyTyped(() => decode(left));
      },
    ),
    tries(10_000, 200),
  );
});

test('messages are found in their stream, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 5 }),
      fc.array(fc.nat(50), { maxLength: 20 }),
      (said, cuts) => {
        const stream = Buffer.concat(said.map((one, index) => encode(one, index)));
        const frames = new Frames();
        const found: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          found.push(...frames.push(stream.subarray(at, at + cut)));
          at = Math.min(stream.length, at + cut);
        }
        expect(found.map((one) => decode(one).xid)).toEqual(said.map((_, index) => index));
      },
    ),
    tries(10_000, 200),
  );
});

function onlyTyped(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    expect(error.code).toBe('ERR_OPENFLOW');
  }
}

/** Records of fast-check have no prototype, and absent keys are none. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one)));
}
