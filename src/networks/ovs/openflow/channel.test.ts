import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeddleError } from '../../../lib/errors.ts';
import type { Channel } from './channel.ts';
import { decode, encode } from './codec.ts';
import { Frames } from './frames.ts';
import { Listener } from './listener.ts';
import type { Message } from './message.ts';

type Said = Exclude<Message, { type: 'other' }>;

let folder: string;
let socket: string;
let listener: Listener;
let accepted: Promise<{ datapathId: string; channel: Channel }>;
let refused: Promise<HeddleError>;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-openflow-'));
  socket = path.join(folder, 'controller.sock');
  const isAccepted = Promise.withResolvers<{ datapathId: string; channel: Channel }>();
  const isRefused = Promise.withResolvers<HeddleError>();
  accepted = isAccepted.promise;
  refused = isRefused.promise;
  listener = new Listener(
    (datapathId, channel) => isAccepted.resolve({ datapathId, channel }),
    (error) => isRefused.resolve(error),
  );
  await listener.listen(socket);
});

afterEach(async () => {
  await listener.close(new HeddleError('ERR_OPENFLOW', 'the test ends'));
  rmSync(folder, { recursive: true });
});

/** A switch that answers what it is asked by a function. */
function aSwitch(answer: (message: Message, say: (said: Said) => void) => void): Socket {
  const frames = new Frames();
  const own = connect(socket);
  own.on('error', () => {});
  own.write(encode({ type: 'hello', versions: [1, 4] }, 1));
  own.on('data', (chunk) => {
    for (const bytes of frames.push(chunk)) {
      const { xid, message } = decode(bytes);
      answer(message, (said) => own.write(encode(said, xid)));
    }
  });
  return own;
}

const features: Said = { type: 'featuresReply', datapathId: '0000aabbccddeeff', tables: 254 };

test('a switch is known by its id, and what it is asked is answered', async () => {
  aSwitch((message, say) => {
    if (message.type === 'featuresRequest') say(features);
    if (message.type === 'multipartRequest') {
      say({ type: 'multipartReply', reply: { kind: 'table', tables: [] }, more: true });
      const tables = [{ table: 0, active: 3, lookups: 5n, matches: 4n }];
      say({ type: 'multipartReply', reply: { kind: 'table', tables }, more: false });
    }
  });
  const { datapathId, channel } = await accepted;
  expect(datapathId).toBe('0000aabbccddeeff');
  const parts = await channel.ask({ kind: 'table' });
  expect(parts.flatMap(({ tables }) => tables)).toEqual([{ table: 0, active: 3, lookups: 5n, matches: 4n }]);
});

test('a refusal is that of the message it is about', async () => {
  aSwitch((message, say) => {
    if (message.type === 'featuresRequest') say(features);
    if (message.type === 'barrierRequest') say({ type: 'barrierReply' });
    if (message.type === 'groupMod' && message.group.group === 2)
      say({ type: 'error', errorType: 6, code: 3, data: Buffer.alloc(0) });
  });
  const { channel } = await accepted;
  const change = (group: number): Said => ({
    type: 'groupMod',
    group: { command: 0, type: 0, group, buckets: [] },
  });
  await channel.carryOut([change(1)]);
  await expect(channel.carryOut([change(1), change(2)])).rejects.toMatchObject({ code: 'ERR_OPENFLOW' });
  await channel.carryOut([change(1)]);
});

test('one that speaks another version, or something else, is refused', async () => {
  const own = connect(socket);
  own.write(encode({ type: 'hello', versions: [1] }, 1));
  expect((await refused).message).toMatch(/speaks versions 1/);
});

test('garbage ends the channel, and whoever waits is told', async () => {
  const own = aSwitch((message, say) => {
    if (message.type === 'featuresRequest') say(features);
    if (message.type === 'multipartRequest') own.write(Buffer.from([4, 19, 0, 3, 0, 0, 0, 0]));
  });
  const { channel } = await accepted;
  await expect(channel.ask({ kind: 'ports' })).rejects.toMatchObject({ code: 'ERR_OPENFLOW' });
  await expect(channel.ask({ kind: 'ports' })).rejects.toMatchObject({ code: 'ERR_OPENFLOW' });
});
