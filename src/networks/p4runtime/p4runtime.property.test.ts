import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OddAnswer, OddP4Switch } from '../../../test/support/odd-p4-switch.ts';
import { described, nve } from '../../../test/support/p4info.ts';
import { tries } from '../../../test/support/tries.ts';
import { HeddleError } from '../../lib/errors.ts';
import { pipelineIds } from '../nve/p4/pipeline-ids.ts';
import { countersOf, everything, tableUpdates } from '../nve/p4/tables.ts';
import { decode, type Entity, encode, type MessageName } from './messages.ts';
import { P4Switch } from './p4-switch.ts';

const ids = pipelineIds(described());
const u32 = fc.nat(0xffff_ffff);
const long = fc.bigInt(0n, 2n ** 63n - 1n).map(String);
const bytes = fc.uint8Array({ maxLength: 24 });
const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape, { requiredKeys: [] });
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 3 });

/** Everything may be absent (proto3), and of any size. */
const entry = some({
  tableId: fc.oneof(fc.constantFrom(ids.toWire.table, ids.fromWire.table), u32),
  match: few(some({ fieldId: u32, exact: some({ value: bytes }) })),
  action: some({ action: some({ actionId: u32, params: few(some({ paramId: u32, value: bytes })) }) }),
  isDefaultAction: fc.boolean(),
});
const entity = some({
  tableEntry: entry,
  directCounterEntry: some({ tableEntry: entry, data: some({ byteCount: long, packetCount: long }) }),
});
const status = some({
  code: u32.map((code) => code | 0),
  message: fc.string(),
  details: few(some({ typeUrl: fc.string(), value: bytes })),
});
const arbitration = some({ deviceId: long, electionId: some({ high: long, low: long }), status });
const shapes = {
  ReadResponse: some({ entities: few(entity) }),
  GetForwardingPipelineConfigResponse: some({
    config: some({ p4info: bytes, cookie: some({ cookie: long }) }),
  }),
  StreamMessageResponse: some({
    arbitration,
    error: some({ canonicalCode: fc.nat(20), message: fc.string() }),
  }),
  WriteResponse: fc.constant({}),
  Status: status,
} satisfies Partial<Record<MessageName, fc.Arbitrary<object>>>;

/** A message, whole, or damaged on its way, or no message at all. */
function odd(name: keyof typeof shapes): fc.Arbitrary<Buffer> {
  const whole = (shapes[name] as fc.Arbitrary<object>).map((value) => encode(name, value));
  const damage = fc.array(fc.tuple(fc.nat(0xffff), fc.nat(0xff)), { maxLength: 6 });
  const damaged = fc.tuple(whole, damage, fc.nat(0xffff)).map(([message, places, cut]) => {
    const copy = Buffer.from(message);
    for (const [at, byte] of places) if (copy.length > 0) copy[at % copy.length] = byte;
    return cut % 3 === 0 ? copy.subarray(0, cut % (copy.length + 1)) : copy;
  });
  return fc.oneof(
    whole,
    damaged,
    fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)),
  );
}

const slotOf = new Map([[300, 4]]);

test('what is no message is refused, and what is one can be acted on, whatever it says and lacks', () => {
  fc.assert(
    fc.property(odd('ReadResponse'), (received) => {
      let found: readonly Entity[];
      try {
        found = decode<{ entities: Entity[] }>('ReadResponse', received).entities;
      } catch {
        return;
      }
      for (const { packets, bytes: count } of countersOf(ids, slotOf, found).map(({ toWire }) => toWire))
        expect([packets, count].every(Number.isFinite)).toBe(true);
      // What it says to the switch then is a message.
      const updates = tableUpdates(ids, slotOf, found);
      expect(
        decode<{ updates: object[] }>('WriteRequest', encode('WriteRequest', { updates })).updates,
      ).toHaveLength(updates.length);
    }),
    tries(10_000, 300),
  );
});

test('what is no description of a pipeline is refused, whatever a compiler has left of it', () => {
  const damage = fc.array(fc.tuple(fc.nat(0xffff), fc.nat(0xff)), { maxLength: 6 });
  fc.assert(
    fc.property(damage, fc.nat(0xffff), (places, cut) => {
      const copy = described(nve);
      for (const [at, byte] of places) copy[at % copy.length] = byte;
      const received = cut % 3 === 0 ? copy.subarray(0, cut % (copy.length + 1)) : copy;
      try {
        expect(pipelineIds(received).toWire.table).toBeTypeOf('number');
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_NETWORK_PROGRAM' });
      }
    }),
    tries(10_000, 300),
  );
});

const server = new OddP4Switch();
beforeAll(() => server.start());
afterAll(() => server.stop());

const elected = encode('StreamMessageResponse', { arbitration: { deviceId: 1, status: { code: 0 } } });
const answer = (name: keyof typeof shapes): fc.Arbitrary<OddAnswer> =>
  fc.oneof(
    odd(name).map((one) => ({ bytes: one })),
    fc
      .oneof(
        odd('Status'),
        fc.uint8Array().map((raw) => Buffer.from(raw)),
      )
      .map((one) => ({ refused: one })),
  );
const answers = fc.record({
  stream: fc.array(odd('StreamMessageResponse'), { maxLength: 3 }).map((all) => [...all, elected]),
  pipeline: answer('GetForwardingPipelineConfigResponse'),
  read: fc.array(odd('ReadResponse'), { minLength: 3, maxLength: 3 }),
  write: answer('WriteResponse'),
});

test('a switch is used, or refused with a code, whatever it answers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(answers, { minLength: 6, maxLength: 6 }), async (all) => {
      const p4 = new P4Switch(server.address, 1);
      try {
        for (const one of all) {
          server.answers = one;
          const cookie = await orRefused(() => p4.pipeline());
          if (cookie !== undefined) expect(typeof cookie).toBe('bigint');
          const found = (await orRefused(() => p4.read(...everything(ids)))) ?? [];
          await orRefused(() => p4.write(tableUpdates(ids, slotOf, found)));
        }
      } finally {
        await p4.close();
      }
    }),
    // Thirty messages each, or more.
    tries(340, 10),
  );
});

async function orRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    expect(error.code).toBe('ERR_P4RUNTIME');
    return undefined;
  }
}
