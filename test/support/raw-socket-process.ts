// Run in a network namespace with the name of an interface: sends frames as they are given, and hears all that arrive there.
//   { send: HEX }      sends a frame
//   { heard: [HEX] }   how many frames that hold each of these bytes have arrived since it was asked last
//   { storm: { frame: HEX, count, ms } }   sends a frame so often in that time, each from another address, and says how many were taken
// Each line of input is answered with a line.
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import koffi from 'koffi';

interface Order {
  readonly send?: string;
  readonly heard?: readonly string[];
  readonly storm?: { readonly frame: string; readonly count: number; readonly ms: number };
}

const [AF_PACKET, SOCK_RAW, ETH_P_ALL, MSG_DONTWAIT, PACKET_OUTGOING] = [17, 3, 0x0003, 0x40, 4];
const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const bind = libc.func('int bind(int fd, const void *address, unsigned int length)');
const nameToIndex = libc.func('unsigned int if_nametoindex(const char *name)');
const sendFrame = libc.func('long send(int fd, const void *data, unsigned long length, int flags)');
const receive = libc.func(
  'long recvfrom(int fd, _Out_ void *data, unsigned long length, int flags, _Out_ void *from, _Inout_ unsigned int *size)',
);

const network = (value: number) => ((value & 0xff) << 8) | (value >> 8);
const fd = socket(AF_PACKET, SOCK_RAW, network(ETH_P_ALL)) as number;
const address = Buffer.alloc(20);
address.writeUInt16LE(AF_PACKET, 0);
address.writeUInt16BE(ETH_P_ALL, 2);
address.writeInt32LE(nameToIndex(process.argv[2]) as number, 4);
if (fd < 0 || bind(fd, address, address.length) !== 0) throw new Error('no raw socket');

/** The frames that have arrived, without those that this host sent itself (packet(7), sll_pkttype). */
function arrived(): Buffer[] {
  const frames: Buffer[] = [];
  const [frame, from] = [Buffer.alloc(70_000), Buffer.alloc(20)];
  for (;;) {
    const length = Number(receive(fd, frame, frame.length, MSG_DONTWAIT, from, [from.length]));
    if (length <= 0) return frames;
    if (from[10] !== PACKET_OUTGOING) frames.push(Buffer.from(frame.subarray(0, length)));
  }
}

/** Spread over the time as far as a loop can: some each ten milliseconds. */
async function storm(frame: Buffer, count: number, ms: number): Promise<number> {
  const began = performance.now();
  let taken = 0;
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, Math.ceil(((performance.now() - began + 10) / ms) * count));
    for (; sent < due; sent++) {
      // Administered locally, and of nobody (IEEE 802c, 8.4).
      frame.writeUInt16BE(0x0a00, 6);
      frame.writeUInt32BE(sent, 8);
      if (Number(sendFrame(fd, frame, frame.length, MSG_DONTWAIT)) === frame.length) taken++;
    }
    await pause(10);
  }
  return taken;
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as Order;
  let answer: number | number[] = 0;
  if (order.send !== undefined) {
    const frame = Buffer.from(order.send, 'hex');
    answer = Number(sendFrame(fd, frame, frame.length, 0));
  }
  if (order.heard !== undefined) {
    const frames = arrived();
    const wanted = order.heard.map((text) => Buffer.from(text, 'hex'));
    answer = wanted.map((text) => frames.filter((frame) => frame.includes(text)).length);
  }
  if (order.storm) {
    const { frame, count, ms } = order.storm;
    answer = await storm(Buffer.from(frame, 'hex'), count, ms);
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
