import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { shim } from '../shim.ts';
import { runningListeners } from './running-listeners.ts';

/** Milliseconds that it may take to end. */
const patience = 2000;

/**
 * The program that listens where Docker looks for plugins, and hands what Docker asks to the node. It is no child of this process:
 * where a node was killed, it says so to Docker at once, which would else try again for a quarter of a minute.
 */
export class DockerListener {
  readonly #socket: string;
  readonly #node: string;

  /** @param socket where Docker asks; `node`: where this node answers */
  constructor(socket: string, node: string) {
    this.#socket = socket;
    this.#node = node;
  }

  /**
   * One that a node before has left goes on, if it is the same: where nobody listens for a moment, Docker waits for seconds.
   * @throws HeddleError ERR_NODE_RUNNING
   */
  async start(): Promise<void> {
    const [former, ...others] = this.#running();
    const isOnlyOne = former !== undefined && others.length === 0;
    // Where somebody removed the socket, nobody reaches who listens there.
    if (isOnlyOne && isSame(former) && existsSync(this.#socket)) return;
    await this.stop();
    mkdirSync(path.dirname(this.#socket), { recursive: true, mode: 0o700 });
    const child = spawn(shim, ['docker', this.#socket], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { HEDDLE_SOCKET: this.#node },
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      // It closes both when it listens, and when it ends.
      child.stderr.once('close', () => resolve());
      child.stdout.resume();
    });
    if (said !== '' || child.pid === undefined)
      throw new HeddleError('ERR_NODE_RUNNING', `the plugin of Docker cannot listen: ${said.trim()}`);
    child.unref();
  }

  async stop(): Promise<void> {
    for (const pid of this.#running()) end(pid);
    for (let waited = 0; this.#running().length > 0 && waited < patience; waited += 10) await pause(10);
  }

  /** It may have been started by a node that was killed before it could say so: each is found by what it is. */
  #running(): number[] {
    return runningListeners(this.#socket, this.#node);
  }
}

/** Whether a process is of this version: what was installed anew since is another file, or has none any more. */
function isSame(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/exe`).equals(readFileSync(shim));
  } catch {
    return false;
  }
}

/** One may have ended by itself. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
