import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { lines } from '../../lib/lines.ts';
import type { Log } from '../../lib/log.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import { PresentService } from './present-service.ts';
import { RestartPause } from './restart-pause.ts';
import { stopped, type Unit, type UnitState } from './unit.ts';

/** Milliseconds. */
const times = {
  /** Between two looks whether it is ready, and until it has to be. */
  look: 50,
  ready: 15_000,
  /** Between two looks whether it is well, and how long it may take to answer. */
  check: 5000,
  answer: 2000,
  /** How long it may take to end by itself. */
  end: 5000,
};
/** Looks in a row that find it unwell before it is ended. */
const misses = 3;

type Child = ChildProcessByStdio<Writable, null, Readable>;

export interface OwnProcessOptions {
  readonly name: string;
  /** Program and arguments; it ends when its standard input does. */
  readonly command: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  readonly client: NetworkingService;
  /** Takes what it writes. */
  readonly written: (line: string) => void;
  readonly log: Log;
}

/** A service in a process of its own, which is started again when it ends, and ended when it does not answer. */
export class OwnProcess implements Unit {
  readonly process = 'own';
  readonly name: string;
  readonly service: PresentService;
  readonly #options: OwnProcessOptions;
  #end = new AbortController();
  readonly #pause = new RestartPause();
  #state: UnitState = stopped;
  #child: Child | undefined;
  #running: Promise<void> | undefined;
  /** Since when it is ready, by `performance.now()`. */
  #readyAt: number | undefined;
  /** What it wrote last. */
  #last = '';

  constructor(options: OwnProcessOptions) {
    this.#options = options;
    this.name = options.name;
    this.service = new PresentService(options.name, () =>
      this.#state.phase === 'ready' ? options.client : (this.#state.reason ?? `it is ${this.#state.phase}`),
    );
  }

  get state(): UnitState {
    return this.#state;
  }

  /** Also again, after it was stopped. */
  async start(): Promise<void> {
    this.#end = new AbortController();
    this.#be('starting');
    await new Promise<void>((resolve) => {
      this.#running = this.#run(resolve);
    });
  }

  async stop(): Promise<void> {
    this.#end.abort();
    const child = this.#child;
    child?.kill('SIGTERM');
    const late = setTimeout(() => child?.kill('SIGKILL'), times.end);
    await this.#running;
    clearTimeout(late);
    this.#be('stopped');
  }

  /** @param tried the first start has come to something */
  async #run(tried: () => void): Promise<void> {
    while (!this.#end.signal.aborted) {
      this.#readyAt = undefined;
      const how = await this.#once(tried);
      if (this.#end.signal.aborted) break;
      const pause = this.#pause.next(performance.now() - (this.#readyAt ?? performance.now()));
      this.#be('failed', { reason: how, restarts: this.#state.restarts + 1, pid: undefined });
      this.#options.log.error({ service: this.name, pause }, `the service is started again: ${how}`);
      tried();
      await sleep(pause, undefined, { signal: this.#end.signal }).catch(() => {});
    }
    tried();
  }

  /** Runs it once, from its start to its end; returns how it ended. */
  async #once(ready: () => void): Promise<string> {
    const [program, ...args] = this.#options.command;
    this.#last = '';
    const child: Child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'], env: this.#options.env });
    this.#child = child;
    const ended = new Promise<string>((resolve) => {
      child.once('close', (code, signal) =>
        resolve(signal ? `it ended by ${signal}` : `it ended with exit code ${code}`),
      );
      // Of what is not there to be run.
      child.once('error', ({ message }) => resolve(message));
    });
    const read = this.#read(child.stderr);
    const over = new AbortController();
    const watching = this.#watch(child, ready, over.signal);
    const how = await ended;
    over.abort();
    // What it prints is no reason not to watch it.
    await Promise.all([watching, read.catch(() => {})]);
    this.#child = undefined;
    return this.#last === '' ? how : `${how}: ${this.#last}`;
  }

  async #read(stream: Readable): Promise<void> {
    for await (const line of lines(stream)) {
      // What it says of an error goes on in further lines.
      if (!this.#last.startsWith('error ')) this.#last = messageIn(line);
      this.#options.written(line);
    }
  }

  async #watch(child: Child, ready: () => void, over: AbortSignal): Promise<void> {
    const pause = (time: number) => sleep(time, undefined, { signal: over }).catch(() => {});
    const late = performance.now() + times.ready;
    while (!over.aborted && !(await this.#isWell())) {
      if (performance.now() > late) return this.#kill(child, 'it is not ready in time');
      await pause(times.look);
    }
    if (over.aborted) return;
    this.#readyAt = performance.now();
    this.#be('ready', { reason: undefined, pid: child.pid });
    // What it has is known from now on.
    await this.service.look().catch(() => {});
    ready();
    for (let missed = 0; !over.aborted; ) {
      await pause(times.check);
      if (over.aborted) return;
      missed = (await this.#isWell()) ? 0 : missed + 1;
      if (missed >= misses) return this.#kill(child, 'it does not answer');
    }
  }

  #kill(child: Child, why: string): void {
    this.#last = why;
    child.kill('SIGKILL');
  }

  async #isWell(): Promise<boolean> {
    const late = sleep(times.answer, false, { ref: false });
    const isReady = this.#state.phase === 'ready';
    const asked = isReady ? this.service.look() : this.#options.client.networks.list();
    const answers = asked.then(
      () => true,
      () => false,
    );
    return Promise.race([answers, late]);
  }

  #be(phase: UnitState['phase'], more: Partial<UnitState> = {}): void {
    const since = phase === this.#state.phase ? this.#state.since : Date.now();
    this.#state = { ...this.#state, phase, since, ...more };
  }
}

/** What an error that was logged says, or any other text. */
function messageIn(line: string): string {
  try {
    const { level, msg } = JSON.parse(line) as { level?: number; msg?: unknown };
    return (level ?? 0) >= 50 ? String(msg) : '';
  } catch {
    return line;
  }
}
