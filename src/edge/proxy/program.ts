import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';

/** Characters of what a program said that are kept. */
const keptAtMost = 4000;

/** Milliseconds. */
const lastWords = 100;

/** A program that runs until it is ended. It has a process group of its own, so that Ctrl-C is the gateway's alone. */
export class Program {
  readonly #child: ChildProcess;
  readonly closed: Promise<void>;
  #said = '';

  constructor(program: string, args: readonly string[]) {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: searchable(),
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said = (this.#said + text).slice(-keptAtMost);
      });
    }
    child.on('error', (error) => {
      this.#said += error.message;
    });
    // Its children may hold its streams when it is killed: what it said last is waited for, but not for long.
    this.closed = new Promise((resolve) => {
      child.once('close', () => resolve()).once('exit', () => setTimeout(resolve, lastWords));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it printed last. */
  get said(): string {
    return this.#said.trim();
  }

  /** Why it is over. */
  get end(): string {
    const { signalCode, exitCode } = this.#child;
    // What it said before has nothing to do with a signal.
    if (signalCode) return `it was ended by ${signalCode}`;
    const how = `it ended with code ${exitCode}`;
    return this.said === '' ? how : `${how}: ${complaintOf(this.said)}`;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

/** Of what a program printed, the lines that say what went wrong. */
function complaintOf(said: string): string {
  const all = said.split('\n');
  const alerts = all.filter((line) => /ALERT|emerg/i.test(line));
  return (alerts.length > 0 ? alerts : all).slice(0, 5).join('; ');
}

/** Programs of system administration are in folders that not every PATH names. */
function searchable(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
}

/**
 * Waits until a program does what it was started or told to.
 * @throws HeddleError ERR_EDGE_PROXY when it ended, or did not within the time
 */
export async function untilReady(
  name: string,
  program: Pick<Program, 'isRunning' | 'closed' | 'end' | 'said'>,
  isReady: () => Promise<boolean>,
  timeout = 10_000,
): Promise<void> {
  const began = performance.now();
  while (!(await isReady().catch(() => false))) {
    if (!program.isRunning) {
      await program.closed;
      throw new HeddleError('ERR_EDGE_PROXY', `${name} did not start: ${program.end}`);
    }
    if (performance.now() - began > timeout)
      throw new HeddleError(
        'ERR_EDGE_PROXY',
        `${name} is not ready after ${timeout / 1000} s: ${program.said}`,
      );
    await sleep(10);
  }
}

/** Whether a process runs that was started for a folder. */
export function isOf(pid: number, folder: string): boolean {
  try {
    return pid > 1 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`);
  } catch {
    return false;
  }
}

/** The account that a program is to have once it has opened its ports: only root can give its own away. */
export function accountOf(name: string): { user: string } | Record<string, never> {
  const accounts = process.getuid?.() === 0 ? readFileSync('/etc/passwd', 'utf8') : '';
  return new RegExp(`^${name}:`, 'm').test(accounts) ? { user: name } : {};
}
