import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HeddleError } from '../../lib/errors.ts';
import { shim } from '../shim.ts';

/** Milliseconds that it may take to end. */
const patience = 2000;

/**
 * The program that listens where Docker looks for plugins, and hands what Docker asks to the node. It is no child of this process:
 * where a node was killed, it says so to Docker at once, which would else try again for a quarter of a minute.
 */
export class DockerListener {
  readonly #socket: string;
  readonly #node: string;
  readonly #pidFile: string;

  /** @param socket where Docker asks; `node`: where this node answers */
  constructor(socket: string, node: string, runDir: string) {
    this.#socket = socket;
    this.#node = node;
    this.#pidFile = path.join(runDir, 'docker-plugin.pid');
  }

  /**
   * One that a node before has left goes on, if it is the same: where nobody listens for a moment, Docker waits for seconds.
   * @throws HeddleError ERR_NODE_RUNNING
   */
  async start(): Promise<void> {
    const former = this.#pid();
    if (former !== undefined && this.#isSame(former)) return;
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
    writeFileSync(this.#pidFile, `${child.pid}\n`, { mode: 0o600 });
    child.unref();
  }

  async stop(): Promise<void> {
    const pid = this.#pid();
    if (pid !== undefined) process.kill(pid, 'SIGTERM');
    for (let waited = 0; this.#pid() !== undefined && waited < patience; waited += 10) await pause(10);
    rmSync(this.#pidFile, { force: true });
  }

  /** Whether a process is of this version, and asks this node. */
  #isSame(pid: number): boolean {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      // What was installed anew since is another file, or has none any more.
      return (
        environment.includes(`HEDDLE_SOCKET=${this.#node}`) &&
        readFileSync(`/proc/${pid}/exe`).equals(readFileSync(shim))
      );
    } catch {
      return false;
    }
  }

  /** Of the process, if it runs: a number in a file may be another's by now. */
  #pid(): number | undefined {
    const pid = Number(textOf(this.#pidFile));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const command = textOf(`/proc/${pid}/cmdline`).split('\0');
    return command[1] === 'docker' && command[2] === this.#socket ? pid : undefined;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
