import { HeddleError } from '../../lib/errors.ts';
import { kept } from './capabilities.ts';
import { entryProgram, entryVariable } from './entry.ts';
import type { PlacedMount } from './mounts.ts';
import type { LxcRecord } from './record.ts';

/** What is known of this host, and of what runs, when a container is started. */
export interface ConfigContext {
  /** Folder on this host. */
  readonly rootFs: string;
  /** Process whose network namespace it lives in; absent: one of its own. */
  readonly network: number | 'host' | 'own';
  /** The same of its view of processes. */
  readonly processes: number | undefined;
  readonly hostname: string;
  readonly hasAppArmor: boolean;
  /** 1: controllers apart, each with its files; 2: one tree. */
  readonly cgroups: 1 | 2;
  /** The outer first. */
  readonly mounts: readonly PlacedMount[];
  /** Devices, by where they are on this host. */
  readonly devices: ReadonlyMap<string, { readonly kind: 'c' | 'b'; readonly number: string }>;
}

/** Rights that let a container mount what it wants: an init of a whole system has them. */
function mountsItself({ capAdd = [] }: Container): boolean {
  return capAdd.some((one) => ['ALL', 'SYS_ADMIN'].includes(one.toUpperCase().replace(/^CAP_/, '')));
}

function isPrivileged(made: LxcRecord['made']): boolean {
  return made.kind === 'container' && made.container.privileged === true;
}

type Line = readonly [key: string, value: string | number];

/** Distribution's defaults: devices that all may use, a seccomp profile, what of /proc and /sys is read-only. */
const common = '/usr/share/lxc/config/common.conf';

/** A container as lxc.container.conf(5) has it. Pure. */
export function configText(record: LxcRecord, context: ConfigContext): string {
  const { made, process } = record;
  const all: Line[] = [
    ['lxc.include', common],
    ['lxc.uts.name', context.hostname],
    ['lxc.rootfs.path', `dir:${context.rootFs}`],
    // By these, what it uses is known for its own.
    ['lxc.cgroup.dir.container', `lxc.payload.${record.id}`],
    ['lxc.cgroup.dir.monitor', `lxc.monitor.${record.id}`],
    ['lxc.tty.max', 0],
    ['lxc.console.path', 'none'],
    ['lxc.apparmor.profile', context.hasAppArmor && !isPrivileged(made) ? 'generated' : 'unconfined'],
    ...networkLines(record, context),
    ...(made.kind === 'sandbox' ? sandboxLines() : containerLines(made.container, context)),
    ['lxc.init.cmd', entryProgram],
    ['lxc.init.uid', process.uid],
    ['lxc.init.gid', process.gid],
    ...(process.groups.length > 0 ? [['lxc.init.groups', process.groups.join(',')] as const] : []),
    ['lxc.init.cwd', process.workingDir],
    ...Object.entries({ HOME: process.home, ...process.environment }).map(
      ([key, value]) => ['lxc.environment', entryVariable(key, value)] as const,
    ),
  ];
  return all.map((line) => lineText(line)).join('');
}

/** @throws HeddleError ERR_COMPOSE_UNSUPPORTED for what would be lines of its own */
function lineText([key, value]: Line): string {
  if (/[\0\r\n]/.test(`${key}${value}`))
    throw new HeddleError(
      'ERR_COMPOSE_UNSUPPORTED',
      `${JSON.stringify(value)}: LXC takes no ends of lines in ${key}`,
    );
  return `${key} = ${value}\n`;
}

function networkLines({ made }: LxcRecord, { network }: ConfigContext): Line[] {
  if (typeof network === 'number') return [['lxc.namespace.share.net', `/proc/${network}/ns/net`]];
  const sysctls = made.kind === 'sandbox' ? Object.entries(made.sandbox.sysctls) : [];
  return [
    ['lxc.net.0.type', network === 'host' ? 'none' : 'empty'],
    ...sysctls.map(([key, value]) => [`lxc.sysctl.${key}`, value] as const),
  ];
}

/** The holder of a pod’s namespaces has no right. */
function sandboxLines(): Line[] {
  // Settings of the kernel are written once what they are in has been mounted.
  const writable: readonly Line[] = [
    ['lxc.mount.auto', ''],
    ['lxc.mount.auto', 'proc:rw sys:ro'],
    ['lxc.rootfs.options', 'ro'],
  ];
  return [...capabilityLines('none'), ['lxc.no_new_privs', 1], ...writable];
}

function capabilityLines(names: string | undefined): Line[] {
  // What the distribution takes away is no part of what is kept.
  return names === undefined
    ? [['lxc.cap.drop', '']]
    : [
        ['lxc.cap.drop', ''],
        ['lxc.cap.keep', names],
      ];
}

type Container = Extract<LxcRecord['made'], { kind: 'container' }>['container'];

function containerLines(container: Container, context: ConfigContext): Line[] {
  const { privileged, securityOpt = [], readOnly, ipc, uts, ulimits = {} } = container;
  return [
    ...(privileged
      ? [
          ...capabilityLines(undefined),
          ['lxc.mount.auto', ''] as const,
          ['lxc.mount.auto', 'proc:rw sys:rw cgroup:rw'] as const,
          ['lxc.seccomp.profile', ''] as const,
        ]
      : [
          ...capabilityLines(kept(container.capAdd, container.capDrop)),
          // Its limits are its cgroup’s, which its root would own.
          ['lxc.mount.auto', ''] as const,
          ['lxc.mount.auto', `proc:mixed sys:ro cgroup:${mountsItself(container) ? 'mixed' : 'ro'}`] as const,
        ]),
    ...(securityOpt.some((option) => option.startsWith('no-new-privileges'))
      ? [['lxc.no_new_privs', 1] as const]
      : []),
    ...(readOnly ? [['lxc.rootfs.options', 'ro'] as const] : []),
    ...(context.processes === undefined
      ? []
      : [['lxc.namespace.share.pid', `/proc/${context.processes}/ns/pid`] as const]),
    ...(ipc === 'host' ? [['lxc.namespace.share.ipc', '/proc/1/ns/ipc'] as const] : []),
    ...(uts === 'host' ? [['lxc.namespace.share.uts', '/proc/1/ns/uts'] as const] : []),
    ...Object.entries(ulimits).map(
      ([name, { soft, hard }]) => [`lxc.prlimit.${name}`, `${limit(soft)}:${limit(hard)}`] as const,
    ),
    ['lxc.mount.entry', sharedMemory(container)],
    ...context.mounts.map((mount) => ['lxc.mount.entry', entryOf(mount)] as const),
    ...deviceLines(container, context),
    ...resourceLines(container.resources, context.cgroups),
  ];
}

/** Where its messages and segments are the host’s, so is this. */
function sharedMemory({ ipc, shmSize = 64 * 2 ** 20 }: Container): string {
  if (ipc === 'host') return mountEntry('/dev/shm', '/dev/shm', 'none', ['rbind', 'create=dir']);
  const options = ['nosuid', 'nodev', 'noexec', `size=${shmSize}`, 'create=dir'];
  return mountEntry('tmpfs', '/dev/shm', 'tmpfs', options);
}

function limit(value: number): string {
  return value < 0 ? 'unlimited' : String(value);
}

function entryOf({ mount, create }: PlacedMount): string {
  const made = create === undefined ? [] : [`create=${create}`];
  if (mount.type === 'bind')
    return mountEntry(mount.source, mount.target, 'none', [
      'rbind',
      ...(mount.readOnly ? ['ro'] : []),
      ...(mount.propagation === undefined ? [] : [mount.propagation]),
      ...made,
    ]);
  const { size, mode, options = [] } = mount;
  return mountEntry('tmpfs', mount.target, 'tmpfs', [
    'nosuid',
    'nodev',
    ...options,
    ...(size === undefined ? [] : [`size=${size}`]),
    ...(mode === undefined ? [] : [`mode=${mode.toString(8)}`]),
    ...made,
  ]);
}

/** As in fstab(5); the target is relative to the root file system. */
function mountEntry(source: string, target: string, type: string, options: readonly string[]): string {
  return `${escaped(source)} ${escaped(target.replace(/^\/+/, ''))} ${type} ${options.join(',')} 0 0`;
}

/** In fstab(5), and in a file of lines, these have to be written as numbers. */
function escaped(text: string): string {
  return text.replace(/[\s\\#]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

function deviceLines(
  { devices = [], privileged }: Container,
  { cgroups, devices: known }: ConfigContext,
): Line[] {
  const key = cgroups === 1 ? 'lxc.cgroup.devices.allow' : 'lxc.cgroup2.devices.allow';
  if (privileged) return [[key, 'a']];
  return devices.flatMap(({ host, container, permissions }): Line[] => {
    const found = known.get(host);
    if (!found) return [];
    return [
      [key, `${found.kind} ${found.number} ${permissions}`],
      ['lxc.mount.entry', mountEntry(host, container, 'none', ['bind', 'create=file'])],
    ];
  });
}

/** Microseconds that shares of a processor are of. */
const period = 100_000;

function resourceLines(
  { limits, reservations, tuning = {} }: Container['resources'],
  cgroups: 1 | 2,
): Line[] {
  const { cpus, memory, pids } = limits;
  const quota = cpus === undefined ? undefined : Math.round(cpus * period);
  const figures: readonly (readonly [string, string, string | number | undefined])[] = [
    ['cpu.cfs_period_us', '', quota && period],
    ['cpu.cfs_quota_us', '', quota],
    ['', 'cpu.max', quota && `${quota} ${period}`],
    ['memory.limit_in_bytes', 'memory.max', memory],
    ['memory.soft_limit_in_bytes', 'memory.low', reservations.memory],
    ['pids.max', 'pids.max', pids],
    ['cpuset.cpus', 'cpuset.cpus', tuning.cpuset],
    ['cpu.shares', '', tuning.cpuShares],
    ['', 'cpu.weight', tuning.cpuShares && weightOf(tuning.cpuShares)],
  ];
  const lines = figures.flatMap(([first, second, value]): Line[] => {
    const name = cgroups === 1 ? first : second;
    return name === '' || value === undefined || value === 0
      ? []
      : [[`lxc.cgroup${cgroups === 1 ? '' : '2'}.${name}`, value]];
  });
  const { oomScoreAdj } = tuning;
  return oomScoreAdj === undefined ? lines : [...lines, ['lxc.proc.oom_score_adj', oomScoreAdj]];
}

/** Shares of cgroups of the first kind (2–262144) as weights of the second (1–10000), as runc(8) converts them. */
function weightOf(shares: number): number {
  return Math.max(1, Math.round(1 + ((shares - 2) * 9999) / 262_142));
}
