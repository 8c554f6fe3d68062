import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpoint } from '../../../../test/support/domain-model.ts';
import { tries } from '../../../../test/support/tries.ts';
import type { Channel } from '../../ovs/openflow/channel.ts';
import { decodeRequest, encodeRequest, type Request } from '../wire/control.ts';
import { agentGroup, encodeFrame, etherType } from '../wire/ethernet.ts';
import { TitleSwitch } from './title-switch.ts';

const alice = { ...endpoint('alice'), port: 'hpalice' };

/** A switch with Alice at port 1; what it is told, and what is asked of the domain. */
async function opened() {
  const asked: Request[] = [];
  const sent: unknown[] = [];
  const channel = {
    isCongested: false,
    listen: () => {},
    send: (message: unknown) => sent.push(message),
    ask: async ({ kind }: { kind: string }) =>
      kind === 'ports' ? [{ ports: [{ name: alice.port, number: 1 }] }] : [{ flows: [], meters: [] }],
    carryOut: async () => {},
  };
  const carry = async (_: string, __: unknown, request: Request) => {
    asked.push(request);
    return { status: 'ok' as const };
  };
  const opened = new TitleSwitch(channel as unknown as Channel, carry, () => {});
  await opened.settle({ name: 'lab', id: 'aabbccddeeff', stations: [alice], buses: [], isLook: true });
  const packetIn = (data: Buffer, inPort = 1) =>
    opened.packetIn({ type: 'packetIn', reason: 1, table: 0, cookie: 0n, match: { inPort }, data });
  return { packetIn, asked, sent };
}

const request = encodeRequest(7, { primitive: 'workspaceAttach', title: 'alice', workspace: 'room' });
const whole = encodeFrame({ to: agentGroup, from: alice.mac, type: etherType.control, payload: request });
const damaged = fc
  .tuple(fc.array(fc.tuple(fc.nat(1500), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat(60))
  .map(([changes, cut]) => {
    const bytes = Buffer.from(whole);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes.subarray(0, Math.max(0, bytes.length - cut));
  });

test('what is malformed is asked of nobody, whatever it looks like', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(damaged, fc.uint8Array({ maxLength: 1500 })),
      fc.nat(3),
      async (bytes, inPort) => {
        const { packetIn, asked, sent } = await opened();
        const data = Buffer.from(bytes);
        packetIn(data, inPort);
        const isFromAlice = inPort === 1 && data.subarray(0, 14).equals(whole.subarray(0, 14));
        const received = isFromAlice ? decodeRequest(data.subarray(14)) : undefined;
        expect(asked).toEqual(received?.request ? [received.request] : []);
        await Promise.resolve();
        await new Promise(setImmediate);
        expect(sent.length).toBe(received ? 1 : 0);
      },
    ),
    tries(10_000, 200),
  );
});

test('what is whole is asked once', async () => {
  const { packetIn, asked, sent } = await opened();
  packetIn(whole);
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
  expect(sent).toMatchObject([{ type: 'packetOut', actions: [{ type: 'output', port: 1 }] }]);
});
