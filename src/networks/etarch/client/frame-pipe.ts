import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { HeddleError } from '../../../lib/errors.ts';
import { packageRoot } from '../../../lib/package-root.ts';
import { etherType } from '../wire/ethernet.ts';

/** Node has no packet sockets: dataplane/etherpipe.c has them. */
const program = path.join(packageRoot, 'dist', 'dataplane', 'etherpipe');
/** Bytes of what it complained of that are kept. */
const longestComplaint = 1000;
/** Bytes that wait to be sent. */
const mostUnsent = 1024 * 1024;

export interface Place {
  readonly interface: string;
  /** The path of its network namespace. Default: that of this process. */
  readonly namespace?: string;
}

/** Frames of one interface: those of the EtherTypes of this architecture. */
export class FramePipe {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #take: (frame: Buffer) => void;
  readonly #ended: (error: HeddleError) => void;
  #ready: () => void = () => {};
  #left: Buffer = Buffer.alloc(0);

  private constructor(place: Place, take: (frame: Buffer) => void, ended: (error: HeddleError) => void) {
    this.#take = take;
    this.#ended = ended;
    const types = Object.values(etherType).map((type) => type.toString(16));
    const command = [program, place.interface, ...types];
    const [first = '', ...rest] =
      place.namespace === undefined ? command : ['nsenter', `--net=${place.namespace}`, '--', ...command];
    this.#child = spawn(first, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaint = '';
    this.#child.stderr.on('data', (chunk) => {
      complaint = `${complaint}${chunk}`.slice(-longestComplaint);
    });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    // That it is gone says `close`.
    this.#child.stdin.on('error', () => {});
    const end = (why: string) => this.#ended(new HeddleError('ERR_NETWORK', `${place.interface}: ${why}`));
    this.#child.on('error', ({ message }) => end(message));
    this.#child.on('close', () => end(complaint.trim() || 'its frames cannot be read any more'));
  }

  /**
   * @param take each frame that arrives
   * @param ended nothing more comes, for whatever reason
   * @throws HeddleError ERR_NETWORK when there is no such interface, or without CAP_NET_RAW
   */
  static open(
    place: Place,
    take: (frame: Buffer) => void,
    ended: (error: HeddleError) => void,
  ): Promise<FramePipe> {
    return new Promise((resolve, reject) => {
      const pipe = new FramePipe(place, take, (error) => {
        reject(error);
        ended(error);
      });
      pipe.#ready = () => resolve(pipe);
    });
  }

  /** Sends a frame, or loses it where more come than can be sent. @returns whether it is sent */
  send(frame: Buffer): boolean {
    const { stdin } = this.#child;
    if (!stdin.writable || stdin.writableLength > mostUnsent) return false;
    stdin.write(Buffer.concat([Buffer.from([frame.length >> 8, frame.length & 0xff]), frame]));
    return true;
  }

  /** Returns when a frame can be sent, or none ever will. */
  async room(): Promise<void> {
    const { stdin } = this.#child;
    if (!stdin.writable || stdin.writableLength <= mostUnsent) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        stdin.off('drain', go).off('close', go);
        resolve();
      };
      stdin.once('drain', go).once('close', go);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #read(chunk: Buffer): void {
    let bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    while (bytes.length >= 2) {
      const end = 2 + bytes.readUInt16BE(0);
      if (bytes.length < end) break;
      // The first one is empty: it listens.
      if (end === 2) this.#ready();
      else this.#take(bytes.subarray(2, end));
      bytes = bytes.subarray(end);
    }
    this.#left = Buffer.from(bytes);
  }
}
