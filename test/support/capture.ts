import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './until.ts';

/** Bytes of the file's own header, and of each frame's (draft-ietf-opsawg-pcap, 4 and 5). */
const [fileHeader, frameHeader] = [24, 16];

/** What tcpdump(8) sees on an interface in a network namespace: frames with their tags, as on a wire. */
export class Capture {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-capture-'));
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
  frames(): Buffer[] {
    const file = readFileSync(this.#file);
    const frames: Buffer[] = [];
    for (let at = fileHeader; at + frameHeader <= file.length; ) {
      const end = at + frameHeader + file.readUInt32LE(at + 8);
      if (end > file.length) break;
      frames.push(file.subarray(at + frameHeader, end));
      at = end;
    }
    return frames;
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
