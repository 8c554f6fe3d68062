import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/until.ts';
import { folder, startOf } from './remove.ts';

/** Who is first in a host, and gathers what has lost its parent. */
const first = ['/usr/bin/catatonit', '-P'];

/**
 * A host of the lab: namespaces of its own for the network, for mounts and for processes, and a `/run` of its own, which is
 * a folder of the lab. What runs in it ends with it.
 */
export class Host {
  readonly name: string;
  /** Its `/run`, as it is found from outside. */
  readonly run: string;
  /** Of its first process, as it is known outside. */
  readonly pid: number;

  private constructor(name: string, run: string, pid: number) {
    this.name = name;
    this.run = run;
    this.pid = pid;
  }

  static async start(name: string, log: number): Promise<Host> {
    const own = path.join(folder, name);
    const run = path.join(own, 'run');
    mkdirSync(path.join(run, 'netns'), { recursive: true });
    const spaces = [
      '--net',
      '--mount',
      '--propagation',
      'private',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
    ];
    const holder = spawn('unshare', [...spaces, '--', ...first], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    let pid = 0;
    await until(`host ${name} is there`, () => {
      pid = childOf(holder);
      return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('catatonit');
    });
    writeFileSync(path.join(own, 'pid'), `${pid} ${startOf(pid)}`);
    const host = new Host(name, run, pid);
    execFileSync('nsenter', ['-t', `${pid}`, '-m', 'mount', '--bind', run, '/run']);
    host.ip('link', 'set', 'lo', 'up');
    return host;
  }

  /** The command line that runs a program on it. */
  inside(command: readonly string[]): [program: string, args: string[]] {
    return ['nsenter', ['-t', `${this.pid}`, '-n', '-m', '-p', '--', ...command]];
  }

  /** Runs `ip` on it, which has to succeed. */
  ip(...args: readonly string[]): string {
    const [program, rest] = this.inside(['ip', ...args]);
    return execFileSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

function childOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}
