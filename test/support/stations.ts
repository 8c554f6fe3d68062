import { execFileSync } from 'node:child_process';
import { ethernet } from './frames.ts';
import { Told } from './told.ts';

const everybody = 'ff:ff:ff:ff:ff:ff';
/** For experiments (IEEE 802, 9.2.4): nobody else sends it. */
const experimental = 0x88b5;

/** Namespaces of a test's own, and what is in them. Removes what it made. */
export class Stations {
  readonly #prefix: string;
  readonly #names = new Set<string>();

  constructor(prefix: string) {
    this.#prefix = `${prefix}${process.pid}`;
    refuseOutsideOfRoom();
  }

  /** Makes a namespace; returns its path. */
  add(name: string): string {
    const own = `${this.#prefix}-${name}`;
    execFileSync('ip', ['netns', 'add', own]);
    this.#names.add(own);
    return this.pathOf(name);
  }

  pathOf(name: string): string {
    return `/run/netns/${this.#prefix}-${name}`;
  }

  delete(name: string): void {
    const own = `${this.#prefix}-${name}`;
    if (this.#names.delete(own)) execFileSync('ip', ['netns', 'delete', own]);
  }

  removeAll(): void {
    for (const own of this.#names) execFileSync('ip', ['netns', 'delete', own]);
    this.#names.clear();
  }

  /** Runs a program in a namespace; returns what it printed. */
  run(name: string, ...command: string[]): string {
    return execFileSync('nsenter', [`--net=${this.pathOf(name)}`, '--', ...command], { encoding: 'utf8' });
  }

  /** Sends and hears frames of any kind in a namespace, until it is killed. */
  socket(name: string, device = 'eth0'): Told {
    return new Told(`${this.#prefix}-${name}`, 'raw-socket-process.ts', device);
  }

  /** Whether an Ethernet frame that one sends, to all if nothing else is said, arrives at each of the others. */
  async reaches(
    from: string,
    to: readonly string[],
    device = 'eth0',
    destination = everybody,
  ): Promise<boolean[]> {
    const sender = this.socket(from, device);
    const receivers = to.map((name) => this.socket(name, device));
    try {
      const text = Buffer.from(`frame ${Math.random()}`);
      const heard = { heard: [text.toString('hex')] };
      // Each has its socket when it has answered.
      for (const one of [sender, ...receivers]) await one.tell(heard);
      const frame = ethernet(
        destination,
        '02:00:00:00:00:01',
        experimental,
        Buffer.concat([text, Buffer.alloc(64)]),
      );
      const arrived = to.map(() => false);
      // What comes, comes at once; a second frame is sent where a port was not up yet.
      for (let tries = 0; tries < 20 && !arrived.every(Boolean); tries++) {
        await sender.tell({ send: frame.toString('hex') });
        for (const [index, receiver] of receivers.entries()) {
          const [count = 0] = JSON.parse(await receiver.tell(heard)) as number[];
          arrived[index] ||= count > 0;
        }
      }
      return arrived;
    } finally {
      for (const { child } of [sender, ...receivers]) child.kill('SIGKILL');
    }
  }
}

/** These tests make bridges: never on a machine's own network. */
function refuseOutsideOfRoom(): void {
  const links = execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' });
  if (!links.includes('lan0') || links.includes('eth0'))
    throw new Error('this test needs a room of its own: npm test runs it in one');
}
