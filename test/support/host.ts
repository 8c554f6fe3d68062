import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** A command that goes on. */
export interface Running {
  readonly pid: number;
  /** All that it has printed, errors too. */
  printed(): string;
  /** Nothing while it runs, or when a signal ended it. */
  exitCode(): number | null;
  end(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal that need not end it. */
  signal(name: NodeJS.Signals): void;
}

/** A host for tests: a node with its own state, run folder and projects, beside whatever else this machine runs. */
export class TestHost {
  readonly command = installedCommand;
  readonly folder = mkdtempSync(path.join(tmpdir(), 'heddle-test-'));
  readonly stateDir = path.join(this.folder, 'state');
  readonly runDir = path.join(this.folder, 'run');
  readonly env: NodeJS.ProcessEnv;
  readonly #projects = new Set<string>();
  readonly #images = new Set<string>();
  readonly #running: Running[] = [];

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

  /** Notes an image that a test has made: what has that name goes at the end. */
  image(name: string): string {
    this.#images.add(name);
    return name;
  }

  /** Runs a heddle command to its end. */
  heddle(...args: readonly string[]): Promise<Outcome> {
    return this.run(this.command, args);
  }

  /** The same, for commands that have to succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const outcome = await this.heddle(...args);
    if (outcome.code !== 0) {
      const said = `${outcome.stderr}${outcome.stdout}\nThe node said last:\n${this.#saidLast()}`;
      throw new Error(`heddle ${args.join(' ')}: exit ${outcome.code}\n${said}`);
    }
    return outcome.stdout;
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.ok(...args, '--format', 'json')) as T;
  }

  /** Starts a heddle command that goes on until it is ended, with this host at the latest. Its input stays open. */
  start(...args: readonly string[]): Running {
    return this.launch(this.command, args);
  }

  /** The same for any program. */
  launch(program: string, args: readonly string[]): Running {
    const running = this.running(program, args);
    this.#running.push(running);
    return running;
  }

  /** A program that whoever starts it ends. */
  protected running(program: string, args: readonly string[]): Running {
    const child = spawn(program, args, { env: this.env });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
      });
    }
    const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
    return {
      pid: child.pid ?? 0,
      printed: () => printed,
      exitCode: () => child.exitCode,
      end: async (signal: NodeJS.Signals = 'SIGTERM') => {
        child.kill(signal);
        await closed;
      },
      signal: (name: NodeJS.Signals) => {
        child.kill(name);
      },
    };
  }

  run(program: string, args: readonly string[]): Promise<Outcome> {
    return run(program, args, this.env, () => this.#state());
  }

  /** What helps to understand why a command hangs: the ends of the logs, and what runs. */
  #state(): string {
    const logs = ['node.log', 'podman.log'].map((name) => path.join(this.runDir, name)).filter(existsSync);
    return [
      ...logs.map((file) => readFileSync(file, 'utf8').split('\n').slice(-40).join('\n')),
      execFileSync('ps', ['-eo', 'pid,ppid,stat,wchan:24,lstart,args', '--forest'], { encoding: 'utf8' }),
    ].join('\n');
  }

  /** Runs podman, which has to succeed, and returns what it printed. */
  podman(...args: readonly string[]): string {
    return execFileSync('podman', args, {
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** What no other run of a container has; empty while it does not run. */
  lifeOf(container: string): string {
    const format = '{{if .State.Running}}{{.Id}} {{.State.StartedAt}}{{end}}';
    return this.podman('inspect', container, '--format', format);
  }

  /** Kills a container, and waits until it runs anew. Returns how long that took, in milliseconds. */
  async killContainer(container: string): Promise<number> {
    const before = this.lifeOf(container);
    this.podman('kill', container);
    return await until(`${container} is back`, () => !['', before].includes(this.lifeOf(container)));
  }

  /** Starts a container anew as somebody may beside the node, which may be quicker to start it. Waits until it runs. */
  async restartContainer(container: string, grace = 0): Promise<void> {
    const before = this.lifeOf(container);
    const { code, stderr } = await this.run('podman', ['restart', '-t', String(grace), container]);
    if (code !== 0 && !stderr.includes('already running')) throw new Error(stderr);
    await until(`${container} is back`, () => !['', before].includes(this.lifeOf(container)));
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

  /** Kills the service of the engine that the node started, which is known by its socket. */
  killEngine(): void {
    const socket = `unix://${this.runDir}/podman.sock`;
    const isIt = (pid: string) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(socket);
      } catch {
        // It has ended.
        return false;
      }
    };
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isIt(name));
    if (pids.length !== 1) throw new Error(`${pids.length} services listen at ${socket}`);
    process.kill(Number(pids[0]), 'SIGKILL');
  }

  async killNode(): Promise<void> {
    const pid = await this.nodePid();
    process.kill(pid, 'SIGKILL');
    await until('the node is gone', () => !isAlive(pid));
  }

  /** Ends the node, if one runs, and the engine's service that it started, as they are before the first command. */
  async stopNode(): Promise<void> {
    const pid = await this.nodePid().catch(() => undefined);
    if (pid === undefined) return;
    process.kill(pid, 'SIGTERM');
    await until('the node has stopped', () => !isAlive(pid));
  }

  nodeLog(): string {
    return readFileSync(path.join(this.runDir, 'node.log'), 'utf8');
  }

  /** For who reads why a test failed: the ends of what the node and the programs of this host said. */
  #saidLast(): string {
    const file = path.join(this.runDir, 'node.log');
    const texts = [existsSync(file) ? this.nodeLog() : '', ...this.#running.map((one) => one.printed())];
    return texts
      .filter(Boolean)
      .map((text) => text.trimEnd().split('\n').slice(-15).join('\n'))
      .join('\n—\n');
  }

  /** Takes everything down that the tests made, and fails when something is left. */
  async remove(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.end()));
    const left: string[] = [];
    for (const project of this.#projects) {
      const { stderr } = await this.heddle('down', '-p', project, '--volumes');
      const things = this.leftovers(project);
      if (things.length > 0) left.push(...things, `of ${project}: down said\n${stderr}`);
    }
    await this.stopNode();
    for (const image of this.#images) {
      const ids = this.podman('images', '--quiet', '--no-trunc', image).split('\n').filter(Boolean);
      if (ids.length > 0) this.podman('rmi', '--force', ...new Set(ids));
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

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
