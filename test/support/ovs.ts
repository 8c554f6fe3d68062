import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { until } from './until.ts';

/** An Open vSwitch of the test's own, in a folder of its own. It goes with the network namespace that it runs in. */
export interface Ovs {
  readonly folder: string;
  /** Asks ovs-vsctl, ovs-ofctl or ovs-appctl of this one. */
  ask(program: 'ovs-vsctl' | 'ovs-ofctl' | 'ovs-appctl', ...args: string[]): Promise<string>;
  /** Ends ovs-vswitchd, as a crash does, and starts it again. */
  restart(): Promise<void>;
  /** Ends both, as when its service is stopped: what they know is in the database. */
  halt(): Promise<void>;
  /** Starts both again. */
  resume(): Promise<void>;
  /** Ends ovsdb-server, as a crash does, and starts it again. */
  restartDatabase(): Promise<void>;
  stop(): Promise<void>;
}

const schema = '/usr/share/openvswitch/vswitch.ovsschema';

/** Where a host's own Open vSwitch is, below a folder of the host's. */
export function openVswitchIn(folder: string): string {
  return `${folder}/openvswitch`;
}

/**
 * Starts ovsdb-server and ovs-vswitchd with a fresh database, never the system's. `namespace`: the network namespace that they
 * run in, by name; default is this process's own.
 */
export async function startOvs(folder = '/var/run/openvswitch', namespace?: string): Promise<Ovs> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const environment = { ...process.env, OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder };
  const ask = async (program: string, ...args: string[]) =>
    (await promisify(execFile)(program, args, { env: environment })).stdout;
  const start = async (program: string, ...args: string[]) => {
    const pidfile = `${folder}/${program}.pid`;
    const own = [`--unixctl=${folder}/${program}.ctl`, `--log-file=${folder}/${program}.log`];
    const there = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`, '--'];
    const command = [...there, program, ...args, ...own, `--pidfile=${pidfile}`, '-vconsole:off'];
    const child = spawn(command[0] ?? '', command.slice(1), {
      env: environment,
      stdio: 'ignore',
      cwd: folder,
    });
    await until(`${program} runs`, () => readFileSync(pidfile, 'utf8').trim() === String(child.pid));
    return child;
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await ended;
  };
  await ask('ovsdb-tool', 'create', `${folder}/conf.db`, schema);
  const socket = `${folder}/db.sock`;
  const startDatabase = async () => {
    const child = await start('ovsdb-server', `${folder}/conf.db`, `--remote=punix:${socket}`);
    // The socket of one that was killed is there still.
    await until('the database answers', async () => {
      await ask('ovs-vsctl', `--db=unix:${socket}`, '--no-wait', '--timeout=2', 'list-br');
      return true;
    });
    return child;
  };
  let database = await startDatabase();
  await ask('ovs-vsctl', `--db=unix:${socket}`, '--no-wait', 'init');
  const startSwitch = () => start('ovs-vswitchd', `unix:${socket}`);
  let vswitchd = await startSwitch();
  const halt = async () => {
    await end(vswitchd, 'SIGTERM');
    await end(database, 'SIGTERM');
  };
  return {
    folder,
    ask: (program, ...args) =>
      ask(program, ...(program === 'ovs-vsctl' ? [`--db=unix:${socket}`] : []), ...args),
    restart: async () => {
      await end(vswitchd, 'SIGKILL');
      vswitchd = await startSwitch();
    },
    restartDatabase: async () => {
      await end(database, 'SIGKILL');
      database = await startDatabase();
    },
    halt,
    resume: async () => {
      database = await startDatabase();
      vswitchd = await startSwitch();
    },
    stop: halt,
  };
}
