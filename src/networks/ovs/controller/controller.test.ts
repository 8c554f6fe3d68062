import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decode, encode } from '../openflow/codec.ts';
import { Frames } from '../openflow/frames.ts';
import { Controller } from './controller.ts';

const datapathId = '0000aabbccddeeff';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-controller-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The end of a channel that a switch has. */
function asSwitch(socket: Socket): Socket {
  const frames = new Frames();
  socket.on('error', () => {});
  socket.write(encode({ type: 'hello', versions: [1, 4] }, 1));
  return socket.on('data', (chunk) => {
    for (const bytes of frames.push(chunk)) {
      const { xid, message } = decode(bytes);
      if (message.type === 'featuresRequest')
        socket.write(encode({ type: 'featuresReply', datapathId, tables: 254 }, xid));
    }
  });
}

/** What a switch was told by one channel; what it is told first takes until `finish`. */
class Told {
  readonly networks: string[] = [];
  readonly #first = Promise.withResolvers<void>();
  readonly finish = this.#first.resolve;
  isEnded = false;

  async settle(network: string): Promise<void> {
    if (this.networks.push(network) === 1) await this.#first.promise;
  }

  done(): Promise<void> {
    return this.#first.promise;
  }
}

test('a switch that was called is told nothing more once it has connected by itself, where it has the last word', async () => {
  const channels: Told[] = [];
  const socket = path.join(folder, 'controller.sock');
  const controller = new Controller<string, Told>(socket, (channel, ended) => {
    const told = new Told();
    const end = () => {
      told.isEnded = true;
      ended();
    };
    channel.listen({ packetIn() {}, flowRemoved() {}, portStatus() {}, ended: end });
    channels.push(told);
    return told;
  });
  const management = createServer((end) => void asSwitch(end));
  await new Promise<void>((resolve) => management.listen(path.join(folder, 'br.mgmt'), resolve));

  const first = controller.control(datapathId, 'before', 'br');
  await vi.waitFor(() => expect(channels).toHaveLength(1), 10_000);
  asSwitch(connect(socket));
  await vi.waitFor(() => expect(channels).toHaveLength(2), 10_000);
  const [called, own] = channels as [Told, Told];
  own.finish();
  await controller.control(datapathId, 'after', 'br');
  called.finish();
  await first;
  await vi.waitFor(() => expect(own.networks).toEqual(['before', 'after', 'after']), 10_000);
  expect(called.isEnded).toBe(true);
  expect(new Set(called.networks)).toEqual(new Set(['before']));

  await controller.close();
  await new Promise<void>((resolve) => management.close(() => resolve()));
});
