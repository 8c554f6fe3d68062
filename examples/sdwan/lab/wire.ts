// A long line between two network namespaces, where the kernel has no netem: joins a TAP in each and delays every frame.
//
//   node wire.ts NAMESPACE:DEVICE NAMESPACE:DEVICE --delay 12 --jitter 0.5 --loss 0.001
//
// Prints `ready` when both devices are there; they go with the process.
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import koffi from 'koffi';

interface Line {
  /** One way, milliseconds. */
  readonly delay: number;
  /** Up to so many milliseconds more or less. A frame never overtakes another. */
  readonly jitter: number;
  /** Share of frames that are lost. */
  readonly loss: number;
}

const libc = koffi.load('libc.so.6');
const setns = libc.func('int setns(int fd, int type)');
const ioctl = libc.func('int ioctl(int fd, unsigned long request, ...)');
const ppoll = libc.func('int ppoll(void *fds, unsigned long count, void *timeout, void *signals)');

/** One end: what comes in leaves at the other end when it is due. */
class End {
  readonly fd: number;
  readonly #line: Line;
  readonly #waiting: { readonly frame: Buffer; readonly due: number }[] = [];
  #last = 0;

  constructor(place: string, line: Line) {
    this.fd = openTap(place);
    this.#line = line;
  }

  /** When the first frame on its way leaves; Infinity when there is none. */
  get due(): number {
    return this.#waiting[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** Takes one frame in. */
  take(now: number): void {
    const frame = Buffer.allocUnsafe(frameSize);
    const length = readSync(this.fd, frame);
    const { delay, jitter, loss } = this.#line;
    if (Math.random() < loss || this.#waiting.length >= longestQueue) return;
    this.#last = Math.max(this.#last, now + delay + jitter * (2 * Math.random() - 1));
    this.#waiting.push({ frame: frame.subarray(0, length), due: this.#last });
  }

  /** Lets out at the other end what is due. */
  deliver(other: End, now: number): void {
    while (this.due <= now) {
      const next = this.#waiting.shift();
      if (next) send(other.fd, next.frame);
    }
  }
}

/** More than any frame that a device with the usual 1500 bytes hands over. */
const frameSize = 2048;
/** As a router's buffer: what comes on top is lost. */
const longestQueue = 4096;

/** Makes a TAP (Linux, Documentation/networking/tuntap.rst). The device belongs to the namespace in which it is opened. */
function openTap(place: string): number {
  const [namespace = '', device = ''] = place.split(':');
  const into = openSync(`/run/netns/${namespace}`, 'r');
  call('setns', setns(into, 0));
  closeSync(into);
  const fd = openSync('/dev/net/tun', constants.O_RDWR | constants.O_NONBLOCK);
  const request = Buffer.alloc(40);
  request.write(device);
  const [IFF_TAP, IFF_NO_PI, TUNSETIFF] = [0x0002, 0x1000, 0x400454ca];
  new DataView(request.buffer, request.byteOffset).setUint16(16, IFF_TAP | IFF_NO_PI, true);
  call(`TUNSETIFF for ${place}`, ioctl(fd, TUNSETIFF, 'void *', request));
  return fd;
}

function call(what: string, result: number): void {
  if (result < 0) throw new Error(`${what}: error ${koffi.errno()}`);
}

/** A device that is down takes nothing: then the line is cut. */
function send(fd: number, frame: Buffer): void {
  try {
    writeSync(fd, frame);
  } catch (error) {
    if (!['EIO', 'EAGAIN'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Waits for frames and for their time, to a tenth of a millisecond: Node's timers know whole ones only. Nothing else runs
 * in this process, so it may wait in a system call; a signal ends it there.
 */
function run(ends: readonly [End, End]): never {
  const [POLLIN, entry] = [1, 8];
  const polled = new DataView(new ArrayBuffer(entry * ends.length));
  for (const [index, { fd }] of ends.entries()) {
    polled.setInt32(index * entry, fd, true);
    polled.setInt16(index * entry + 4, POLLIN, true);
  }
  const [one, other] = ends;
  for (;;) {
    const wait = Math.min(Math.max(0, Math.min(one.due, other.due) - performance.now()), 60_000);
    const timeout = BigInt64Array.of(
      BigInt(Math.floor(wait / 1000)),
      BigInt(Math.round((wait % 1000) * 1e6)),
    );
    ppoll(new Uint8Array(polled.buffer), ends.length, timeout, null);
    const now = performance.now();
    for (const [index, end] of ends.entries()) {
      if (polled.getInt16(index * entry + 6, true) & POLLIN) end.take(now);
    }
    one.deliver(other, now);
    other.deliver(one, now);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    delay: { type: 'string', default: '0' },
    jitter: { type: 'string', default: '0' },
    loss: { type: 'string', default: '0' },
  },
});
const [from = '', to = ''] = positionals;
const line = { delay: Number(values.delay), jitter: Number(values.jitter), loss: Number(values.loss) };
const ends = [new End(from, line), new End(to, line)] as const;
writeSync(1, 'ready\n');
run(ends);
