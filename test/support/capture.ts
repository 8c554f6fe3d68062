import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './until.ts';

/** Bytes of the file's own header, and of each frame's (draft-ietf-opsawg-pcap, 4 and 5). */
const [fileHeader, frameHeader] = [24, 16];

/** What tcpdump(8) sees on an interface in a network namespace: frames with their tags, as on a wire. */
export class Capture {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-capture-'));
  readonly #frames: Buffer[] = [];
  /** How much of the file has been read: all frames up to there. */
  #read = fileHeader;
  #said = '';

  private constructor(namespace: string, device: string) {
    // With room for thousands of frames that it has not written yet: of the length that it takes by itself there would be some dozens.
    const room = ['-s', '2048', '-B', '16384'];
    const tcpdump = [
      'tcpdump',
      '-i',
      device,
      '-U',
      '--immediate-mode',
      ...room,
      '-Z',
      'root',
      '-w',
      this.#file,
    ];
    this.#child = spawn('nsenter', [`--net=/run/netns/${namespace}`, '--', ...tcpdump], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.#said += chunk;
    });
  }

  static async start(namespace: string, device: string): Promise<Capture> {
    const capture = new Capture(namespace, device);
    await until('tcpdump listens', () => capture.#said.includes('listening on'));
    return capture;
  }

  get #file(): string {
    return path.join(this.#folder, 'frames');
  }

  /** All frames so far. */
  frames(): readonly Buffer[] {
    const more = this.#written();
    let at = 0;
    while (at + frameHeader <= more.length) {
      const end = at + frameHeader + more.readUInt32LE(at + 8);
      if (end > more.length) break;
      this.#frames.push(more.subarray(at + frameHeader, end));
      at = end;
    }
    this.#read += at;
    return this.#frames;
  }

  /** What of the file has not been read yet. */
  #written(): Buffer {
    const file = openSync(this.#file, 'r');
    try {
      const more = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#read));
      return more.subarray(0, readSync(file, more, 0, more.length, this.#read));
    } finally {
      closeSync(file);
    }
  }

  /** Frames so far that hold a text. */
  with(text: string): Buffer[] {
    return this.frames().filter((frame) => frame.includes(text));
  }

  end(): void {
    this.#child.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
