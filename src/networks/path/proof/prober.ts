import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import ipaddr from 'ipaddr.js';
import { HeddleError } from '../../../lib/errors.ts';
import { lines } from '../../../lib/lines.ts';
import { macText } from '../../../lib/mac.ts';
import { packageRoot } from '../../../lib/package-root.ts';
import type { WayEnds } from '../patch/hops.ts';
import type { Choices } from './rounds.ts';
import type { SeenFlow, Sighting } from './verdict.ts';

/** Node has no packet sockets: dataplane/prober.c has them. */
const program = path.join(packageRoot, 'dist', 'dataplane', 'prober');
/** What the kernel says of a process that has ended (ESRCH). */
const gone = 'No such process';
/** Bytes of what it complained of that are kept. */
const longestComplaint = 1000;

/** One of the probes that bear a secret, where it was seen. */
export interface Seen extends Sighting {
  readonly number: number;
}

/** An interface, by the file of its network namespace and its index there. */
export interface Sender {
  readonly namespace: string;
  readonly ifindex: number;
}

/** Sends probes, and says where they are seen, on the ways of one panel. */
export class Prober {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #seers = new Map<string, (seen: Seen) => void>();
  readonly #ends = new Map<string, () => void>();
  readonly #failed: (why: string) => void;
  #complaint = '';
  #isEnded = false;
  #isStopped = false;

  /**
   * @param files of the maps of the panel that probes are noted in
   * @param failed told of what could not be done, and of its end
   */
  constructor(files: { readonly probes: string; readonly sightings: string }, failed: (why: string) => void) {
    this.#failed = failed;
    this.#child = spawn(program, [files.probes, files.sightings], {
      env: {},
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr.on('data', (chunk) => {
      this.#complaint = `${this.#complaint}${chunk}`.slice(-longestComplaint);
    });
    // That it is gone says `close`.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', ({ message }) => this.#end(message));
    this.#child.on('close', () => this.#end(this.#complaint.trim() || 'it ended'));
    void this.#read();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** From now on what bears a secret is a probe. `choices`: the instances that it passes. */
  expect(secret: Buffer, ends: WayEnds, choices: Choices, seen: (seen: Seen) => void): void {
    this.#seers.set(secret.toString('hex'), seen);
    this.#say('expect', secret.toString('hex'), ends.pod, ends.switch, Buffer.from(choices).toString('hex'));
  }

  forget(secret: Buffer): void {
    this.#seers.delete(secret.toString('hex'));
    this.#say('forget', secret.toString('hex'));
  }

  /** Opens an interface under a name. Its namespace stays as long as it is open. */
  open(name: string, { namespace, ifindex }: Sender): void {
    this.#say('open', name, namespace, ifindex);
  }

  close(name: string): void {
    this.#say('close', name);
  }

  send(name: string, frame: Buffer): void {
    this.#say('send', name, frame.toString('hex'));
  }

  /** Says when a process ends, or that it has. */
  mind(pid: number, ended: () => void): void {
    this.#ends.set(String(pid), ended);
    this.#say('mind', pid, pid);
  }

  stop(): void {
    this.#isStopped = true;
    this.#child.stdin.end();
  }

  #say(...words: readonly (string | number)[]): void {
    if (this.#isEnded) throw new HeddleError('ERR_NETWORK', `what sends probes is away: ${this.#complaint}`);
    this.#child.stdin.write(`${words.join(' ')}\n`);
  }

  async #read(): Promise<void> {
    for await (const line of lines(this.#child.stdout)) {
      const [event, key = '', ...rest] = line.split(' ');
      if (event === 'seen') this.#see(key, rest);
      else if (event === 'ended') this.#ended(key);
      else if (event === 'failed' && key === 'mind' && rest.join(' ').endsWith(gone))
        this.#ended(rest[0] ?? '');
      // What a probe bears is said to nobody.
      else if (event === 'failed') this.#failed(`${key}: ${rest.slice(1).join(' ')}`);
    }
  }

  #ended(name: string): void {
    const ended = this.#ends.get(name);
    this.#ends.delete(name);
    ended?.();
  }

  #see(secret: string, [number, port, end, at = '0', ...flow]: readonly string[]): void {
    this.#seers.get(secret)?.({
      number: Number(number),
      port: Number(port),
      isEnd: end === 'end',
      at: BigInt(at),
      ...(flow.length > 0 && { flow: flowOf(flow) }),
    });
  }

  #end(why: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#complaint = why;
    if (!this.#isStopped) this.#failed(why);
  }
}

function flowOf([
  sourceMac = '',
  destinationMac = '',
  source = '',
  destination = '',
  ...ports
]: readonly string[]): SeenFlow {
  const [sourcePort, destinationPort] = ports.map(Number);
  return {
    source: { mac: macText(hex(sourceMac)), ip: addressOf(source) },
    destination: { mac: macText(hex(destinationMac)), ip: addressOf(destination) },
    sourcePort: sourcePort ?? 0,
    destinationPort: destinationPort ?? 0,
  };
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex');
}

function addressOf(digits: string): string {
  return ipaddr.process(ipaddr.fromByteArray([...hex(digits)]).toString()).toString();
}
