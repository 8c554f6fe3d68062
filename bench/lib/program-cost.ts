import { closeSync, readdirSync } from 'node:fs';
import { arch } from 'node:os';
import path from 'node:path';
import koffi from 'koffi';
import { bpftool } from '../../src/networks/bpf/bpftool.ts';
import { Panel } from '../../src/networks/path/patch/panel.ts';

/** Number of bpf(2), by the kind of machine; its command, and what is to be counted (linux/bpf.h). */
const calls: Readonly<Record<string, number>> = { x64: 321, arm64: 280 };
const [BPF_ENABLE_STATS, BPF_STATS_RUN_TIME] = [32, 0];

/** What programs have taken so far while somebody had it counted. */
interface Taken {
  /** Nanoseconds of the processor. */
  readonly time: number;
  readonly runs: number;
}

/** What the telemetry of a project's chains takes of the processor within the kernel, which counts that until this is disposed of. */
export class ProgramCost implements Disposable {
  readonly #project: string;
  readonly #descriptor: number;

  constructor(project: string) {
    this.#project = project;
    const syscall = koffi.load('libc.so.6').func('long syscall(long number, ...)');
    const wish = Buffer.alloc(16);
    wish.writeUInt32LE(BPF_STATS_RUN_TIME);
    const number = calls[arch()];
    if (number === undefined) throw new Error(`nobody said how bpf(2) is called on ${arch()}`);
    this.#descriptor = syscall(number, 'int', BPF_ENABLE_STATS, 'void *', wish, 'uint', wish.length);
    if (this.#descriptor < 0) throw new Error('the kernel does not count the time of its programs');
  }

  async taken(): Promise<Taken> {
    const { folder } = new Panel(this.#project);
    const loaded = readdirSync(folder).filter((name) => name.startsWith('delay-'));
    const programs = loaded.flatMap((name) =>
      ['enter', 'leave'].map((program) => path.join(folder, name, 'programs', program)),
    );
    if (programs.length === 0) throw new Error(`nothing of ${this.#project} is counted and timed`);
    let [time, runs] = [0, 0];
    for (const program of programs) {
      // A field that nothing was counted of is left out.
      const { run_time_ns = 0, run_cnt = 0 } = await bpftool<{ run_time_ns?: number; run_cnt?: number }>(
        ...['prog', 'show', 'pinned', program],
      );
      time += run_time_ns;
      runs += run_cnt;
    }
    return { time, runs };
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
