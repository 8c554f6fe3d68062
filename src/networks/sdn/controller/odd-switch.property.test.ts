import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../../test/support/tries.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { Channel } from '../../ovs/openflow/channel.ts';
import { decode, encode } from '../../ovs/openflow/codec.ts';
import type { Message } from '../../ovs/openflow/message.ts';
import { LearningSwitch } from './learning-switch.ts';

type Said = Exclude<Message, { type: 'other' }>;

const network = { id: 'aabbccddeeff', ports: [{ name: 'hp1', learns: true }] };
const ports = [{ number: 1, mac: '02:00:00:00:00:01', name: 'hp1', isUp: true }];
const match = { inPort: 1, ethSrc: '02:00:00:00:00:07' };
const flow = { table: 0, priority: 1, cookie: 0n, match };
const frame = Buffer.from(`0200000000010200000000070800${'00'.repeat(46)}`, 'hex');

/** What a switch says by itself, or as an answer that nobody may wait for. */
const said: readonly Said[] = [
  { type: 'packetIn', reason: 1, table: 0, cookie: 0n, match, data: frame },
  { type: 'portStatus', reason: 0, port: ports[0]! },
  { type: 'flowRemoved', flow },
  { type: 'error', errorType: 1, code: 1, data: frame },
  { type: 'echoRequest', data: frame },
  { type: 'hello', versions: [4] },
  { type: 'barrierReply' },
  { type: 'multipartReply', reply: { kind: 'ports', ports }, more: true },
  { type: 'multipartReply', reply: { kind: 'flow', flows: [] }, more: false },
  { type: 'roleReply', role: 1, generation: 0n },
];

/** One that answers what it is asked, as a switch with one port and no flows. */
class SwitchSocket extends EventEmitter {
  isDestroyed = false;
  readonly writableLength = 0;

  write(bytes: Buffer): void {
    const { xid, message } = decode(bytes);
    const answer = answerTo(message);
    if (answer) queueMicrotask(() => this.emit('data', encode(answer, xid)));
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

function answerTo(message: Message): Said | undefined {
  if (message.type === 'hello') return { type: 'hello', versions: [4] };
  if (message.type === 'featuresRequest')
    return { type: 'featuresReply', datapathId: '0000aabbccddeeff', tables: 254 };
  if (message.type === 'barrierRequest') return { type: 'barrierReply' };
  if (message.type !== 'multipartRequest') return undefined;
  if (message.request.kind === 'ports')
    return { type: 'multipartReply', reply: { kind: 'ports', ports }, more: false };
  return { type: 'multipartReply', reply: { kind: 'flow', flows: [] }, more: false };
}

const damaged = fc
  .tuple(fc.constantFrom(...said), fc.nat(20), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }))
  .map(([message, xid, changes]) => {
    const bytes = encode(message, xid);
    // Its length is left as it is: what comes after it is a message again.
    for (const [at, value] of changes) {
      const place = at % bytes.length;
      if (place !== 2 && place !== 3) bytes[place] = value;
    }
    return bytes;
  });

test('whatever a switch says, it is controlled on, or left with a code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { minLength: 10, maxLength: 10 }), async (all) => {
      const socket = new SwitchSocket();
      const { channel } = await Channel.open(socket as unknown as Socket);
      let reason: HeddleError | undefined;
      const ending = channel.end.bind(channel);
      channel.end = (why) => {
        reason ??= why;
        ending(why);
      };
      const controlled = new LearningSwitch(channel, () => {});
      const settled = controlled.settle(network);
      for (const bytes of all) {
        socket.emit('data', bytes);
        await Promise.resolve();
      }
      const failed = await settled.then(
        () => undefined,
        (error) => error,
      );
      for (const error of [failed, reason]) {
        if (error === undefined) continue;
        expect(error).toBeInstanceOf(HeddleError);
        expect(error.code).toBe('ERR_OPENFLOW');
      }
      expect(socket.isDestroyed).toBe(reason !== undefined);
      channel.end(new HeddleError('ERR_OPENFLOW', 'the test ends'));
    }),
    // Ten messages each.
    tries(1000, 10),
  );
});
