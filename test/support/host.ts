import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installedCommand, root } from './installed.ts';
import { run } from './run.ts';
import { until } from './until.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that goes on; `stdout` is all that it has printed. */
export interface Running {
  stdout(): string;
  end(): Promise<void>;
}

/** A host for tests: a node with its own state, run folder and projects, beside whatever else this machine runs. */
export class TestHost {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'heddle-test-'));
  readonly stateDir = path.join(this.folder, 'state');
  readonly runDir = path.join(this.folder, 'run');
  readonly env: NodeJS.ProcessEnv;
  readonly #projects = new Set<string>();

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.env = {
      ...process.env,
      // Plain text is what the tests compare, whatever the test runner was asked for.
      FORCE_COLOR: undefined,
      HEDDLE_STATE_DIR: this.stateDir,
      HEDDLE_RUN_DIR: this.runDir,
      HEDDLE_TEST_ROOT: root,
      HEDDLE_METRICS: 'off',
      ...env,
    };
  }

  /** Writes a Compose file and returns the arguments that name it; the project is taken down at the end. */
  project(name: string, text: string): string[] {
    const file = path.join(this.folder, `${name}.yaml`);
    writeFileSync(file, text);
    this.#projects.add(name);
    return ['-p', name, '-f', file];
  }

  /** Runs a heddle command to its end. */
  heddle(...args: readonly string[]): Promise<Outcome> {
    return this.run(installedCommand, args);
  }

  /** The same, for commands that have to succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const outcome = await this.heddle(...args);
    if (outcome.code !== 0)
      throw new Error(`heddle ${args.join(' ')}: exit ${outcome.code}\n${outcome.stderr}${outcome.stdout}`);
    return outcome.stdout;
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.ok(...args, '--format', 'json')) as T;
  }

  /** Starts a heddle command that goes on until it is ended. */
  start(...args: readonly string[]): Running {
    const child = spawn(installedCommand, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        stdout += chunk;
      });
    }
    const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
    return {
      stdout: () => stdout,
      end: async () => {
        child.kill('SIGTERM');
        await closed;
      },
    };
  }

  run(program: string, args: readonly string[]): Promise<Outcome> {
    return run(program, args, this.env);
  }

  /** Runs podman, which has to succeed, and returns what it printed. */
  podman(...args: readonly string[]): string {
    return execFileSync('podman', args, {
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** Process id of the node. */
  async nodePid(): Promise<number> {
    const { stdout } = await this.run('curl', [
      '-s',
      '--unix-socket',
      `${this.runDir}/node.sock`,
      'http://node/v1/node',
    ]);
    return (JSON.parse(stdout) as { pid: number }).pid;
  }

  async killNode(): Promise<void> {
    const pid = await this.nodePid();
    process.kill(pid, 'SIGKILL');
    await until('the node is gone', () => !isAlive(pid));
  }

  nodeLog(): string {
    return readFileSync(path.join(this.runDir, 'node.log'), 'utf8');
  }

  /** Takes everything down that the tests made, and fails when something is left. */
  async remove(): Promise<void> {
    const left: string[] = [];
    for (const project of this.#projects) {
      await this.heddle('down', '-p', project, '--volumes');
      left.push(...this.leftovers(project));
    }
    const pid = await this.nodePid().catch(() => undefined);
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      await until('the node has stopped', () => !isAlive(pid));
    }
    rmSync(this.folder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  }

  /** What of a project is still there, anywhere. */
  leftovers(project: string): string[] {
    const filter = `label=io.heddle.project=${project}`;
    return [
      ...this.podman('ps', '-aq', '--filter', filter).split('\n'),
      ...this.podman('network', 'ls', '-q', '--filter', filter).split('\n'),
      ...this.podman('volume', 'ls', '-q', '--filter', filter).split('\n'),
      ...execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.startsWith(`heddle-${project}`)),
    ].filter((line) => line !== '');
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
