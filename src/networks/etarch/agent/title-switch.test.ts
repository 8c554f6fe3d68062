import { expect, test } from 'vitest';
import { endpoint } from '../../../../test/support/domain-model.ts';
import type { Channel } from '../../ovs/openflow/channel.ts';
import type { Message } from '../../ovs/openflow/message.ts';
import { encodeRequest } from '../wire/control.ts';
import { agentGroup, encodeFrame, etherType, workspaceAddress } from '../wire/ethernet.ts';
import { TitleSwitch } from './title-switch.ts';

const alice = { ...endpoint('alice'), port: 'hpalice' };
const room = { address: workspaceAddress('room'), members: ['alice'], isElsewhere: false };
const network = { name: 'lab', id: 'aabbccddeeff', stations: [alice], buses: [room] };

/** A switch whose ports come later, what it was asked, and the ports that it was told to take frames at. */
function opened() {
  const asked: string[] = [];
  const told: (number | undefined)[] = [];
  const ports: { name: string; number: number }[] = [];
  const sent: Message[] = [];
  const carried: string[] = [];
  const channel = {
    listen: () => {},
    send: (message: Message) => void sent.push(message),
    ask: async ({ kind }: { kind: string }) => {
      asked.push(kind);
      return kind === 'ports' ? [{ ports: [...ports] }] : [{ flows: [], meters: [] }];
    },
    carryOut: async (messages: readonly Message[]) => {
      for (const one of messages) if (one.type === 'flowMod') told.push(one.flow.match.inPort);
    },
  };
  const title = new TitleSwitch(
    channel as unknown as Channel,
    async (_, __, { primitive }) => {
      carried.push(primitive);
      return { status: 'ok' };
    },
    () => {},
  );
  return { title, asked, told, ports, sent, carried };
}

test('a port that comes while the switch is told of others is found, whatever else happens meanwhile', async () => {
  const { title, told, ports } = opened();
  const first = title.settle({ ...network, isLook: true });
  ports.push({ name: 'hpalice', number: 4 });
  title.portStatus();
  await Promise.all([first, title.settle({ ...network, isLook: false })]);
  expect(told).toContain(4);
});

test('a switch is asked once what it has, and then told what changes', async () => {
  const { title, asked, told, ports } = opened();
  ports.push({ name: 'hpalice', number: 4 });
  await title.settle({ ...network, buses: [], isLook: true });
  const before = asked.length;
  told.length = 0;
  await title.settle({ ...network, isLook: false });
  expect(asked.length).toBe(before);
  expect(told).toEqual([4, undefined]);
  await title.settle({ ...network, isLook: true });
  expect(asked.length).toBeGreaterThan(before);
});

test('an echo is answered at once and asks nothing of the domain, as often as anybody may ask', async () => {
  const { title, ports, sent, carried } = opened();
  ports.push({ name: 'hpalice', number: 4 });
  await title.settle({ ...network, isLook: true });
  const payload = encodeRequest(7, { primitive: 'echo' });
  const data = encodeFrame({ to: agentGroup, from: alice.mac, type: etherType.control, payload });
  for (let count = 0; count < 1000; count++)
    title.packetIn({ match: { inPort: 4 }, data } as unknown as Parameters<typeof title.packetIn>[0]);
  expect(sent.length).toBeGreaterThanOrEqual(400);
  expect(sent.length).toBeLessThan(500);
  expect(sent[0]).toMatchObject({ actions: [{ type: 'output', port: 4 }] });
  expect(carried).toEqual([]);
});
