import { connect, type Socket } from 'node:net';
import { decode, encode } from '../../src/networks/ovs/openflow/codec.ts';
import { Frames } from '../../src/networks/ovs/openflow/frames.ts';
import type { Message } from '../../src/networks/ovs/openflow/message.ts';
import { messageType } from '../../src/networks/ovs/openflow/numbers.ts';
import type { SwitchPort } from '../../src/networks/ovs/openflow/port.ts';

/** Packet-ins that a controller has not answered yet: enough that it never waits for one. */
const window = 256;

export function portsOf(count: number): SwitchPort[] {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    name: `p${index + 1}`,
    mac: `02:aa:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
    isUp: true,
  }));
}

/**
 * A switch that is none: it greets a controller as OpenFlow 1.3 says, takes what it is told, and then sends it one packet-in
 * after another, each with a source address of its own, to which the controller answers with two flows.
 */
export class PacketInLoad {
  readonly #socket: Socket;
  readonly #datapathId: string;
  readonly #ports: readonly SwitchPort[];
  readonly #frames = new Frames();
  #flows = 0;
  #asked = false;
  #heard = () => {};
  #last = 0;

  private constructor(socket: Socket, datapathId: string, ports: readonly SwitchPort[]) {
    this.#socket = socket;
    this.#datapathId = datapathId;
    this.#ports = ports;
    socket.on('data', (chunk) => {
      for (const bytes of this.#frames.push(chunk)) this.#heed(bytes);
      this.#heard();
    });
  }

  /** Returns when the controller has asked what it wants to know, and said nothing for a moment. */
  static async open(
    where: { readonly path: string } | { readonly port: number },
    datapathId: string,
    ports: readonly SwitchPort[],
  ): Promise<PacketInLoad> {
    const socket = 'path' in where ? connect(where.path) : connect(where.port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.setNoDelay(true);
    const load = new PacketInLoad(socket, datapathId, ports);
    load.#send({ type: 'hello', versions: [4] }, 0);
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      load.#heard = () => {
        clearTimeout(timer);
        if (load.#asked) timer = setTimeout(resolve, 500);
      };
    });
    return load;
  }

  /** Sends so many; returns how many a second were answered. */
  async measure(count: number): Promise<number> {
    this.#flows = 0;
    const messages = Array.from({ length: count }, () => this.#packetIn());
    const began = performance.now();
    await new Promise<void>((resolve) => {
      let sent = 0;
      this.#heard = () => {
        const answered = Math.floor(this.#flows / 2);
        if (answered >= count) return resolve();
        const upTo = Math.min(count, answered + window);
        if (upTo > sent) this.#socket.write(Buffer.concat(messages.slice(sent, upTo)));
        sent = upTo;
      };
      this.#heard();
    });
    return count / ((performance.now() - began) / 1000);
  }

  close(): void {
    this.#socket.destroy();
  }

  #packetIn(): Buffer {
    const number = this.#last++;
    const frame = Buffer.alloc(64);
    frame.write('ffffffffffff', 'hex');
    frame.writeUInt16BE(0x0277, 6);
    frame.writeUInt32BE(number, 8);
    frame.writeUInt16BE(0x0806, 12);
    const inPort = (number % this.#ports.length) + 1;
    return encode({ type: 'packetIn', reason: 1, table: 0, cookie: 0n, match: { inPort }, data: frame }, 0);
  }

  #heed(bytes: Buffer): void {
    // What comes by the ten thousand is not taken apart: the controller is measured, and not this.
    if (bytes[1] === messageType.flowMod) {
      this.#flows++;
      return;
    }
    const { xid, message } = decode(bytes);
    if (message.type === 'featuresRequest')
      this.#send({ type: 'featuresReply', datapathId: this.#datapathId, tables: 254 }, xid);
    if (message.type === 'echoRequest') this.#send({ type: 'echoReply', data: message.data }, xid);
    if (message.type === 'barrierRequest') this.#send({ type: 'barrierReply' }, xid);
    if (message.type !== 'multipartRequest') return;
    const { kind } = message.request;
    this.#asked = true;
    if (kind === 'ports')
      this.#send({ type: 'multipartReply', reply: { kind, ports: this.#ports }, more: false }, xid);
    if (kind === 'flow') this.#send({ type: 'multipartReply', reply: { kind, flows: [] }, more: false }, xid);
  }

  #send(message: Exclude<Message, { type: 'other' }>, xid: number): void {
    this.#socket.write(encode(message, xid));
  }
}
