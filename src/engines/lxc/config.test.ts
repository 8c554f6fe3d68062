import { expect, test } from 'vitest';
import type { ContainerSpec } from '../../selector/spec.ts';
import { type ConfigContext, configText } from './config.ts';
import type { LxcRecord } from './record.ts';

const context: ConfigContext = {
  rootFs: '/root-fs',
  network: 42,
  processes: undefined,
  hostname: 'web-1',
  hasAppArmor: false,
  cgroups: 1,
  mounts: [],
  devices: new Map([['/dev/net/tun', { kind: 'c', number: '10:200' }]]),
};

function record(container: Partial<ContainerSpec>): LxcRecord {
  return {
    ...{ name: 'web-1', id: 'f00d', labels: {}, image: 'i', imageId: 'i', createdAt: 0, isWhole: true },
    process: {
      ...{ words: ['httpd'], isSystem: false, environment: { A: 'b  c' }, uid: 33, gid: 34, groups: [4] },
      ...{ workingDir: '/srv', home: '/var/www', stopSignal: 'SIGTERM' },
    },
    made: {
      kind: 'container',
      container: { resources: { limits: {}, reservations: {} }, ...container },
      home: { network: { container: 'web-1.sandbox' }, mounts: [] },
    },
    anonymous: [],
  } as unknown as LxcRecord;
}

const lines = (made: LxcRecord, more: Partial<ConfigContext> = {}) =>
  configText(made, { ...context, ...more }).split('\n');

test('a container is in its sandbox’s network, runs as who it is to, and has the usual rights alone', () => {
  expect(lines(record({}))).toEqual(
    expect.arrayContaining([
      'lxc.namespace.share.net = /proc/42/ns/net',
      'lxc.uts.name = web-1',
      'lxc.init.uid = 33',
      'lxc.init.gid = 34',
      'lxc.init.groups = 4',
      'lxc.init.cwd = /srv',
      'lxc.environment = HEDDLE:HOME=%2Fvar%2Fwww',
      'lxc.environment = HEDDLE:A=b%20%20c',
      'lxc.mount.auto = proc:mixed sys:ro cgroup:ro',
      'lxc.cap.drop = ',
      'lxc.cap.keep = chown dac_override fowner fsetid kill net_bind_service setfcap setgid setpcap setuid sys_chroot',
      'lxc.cgroup.dir.container = lxc.payload.f00d',
    ]),
  );
  expect(lines(record({}))).not.toContain('lxc.no_new_privs = 1');
});

test('mounts are written as fstab(5) has them, folders as folders', () => {
  const mounts = [
    { mount: { type: 'bind', source: '/srv/a b', target: '/a#b', readOnly: true, createSource: false } },
    {
      mount: { type: 'bind', source: '/etc/motd', target: '/etc/motd', readOnly: false, createSource: false },
      create: 'file',
    },
    { mount: { type: 'tmpfs', target: '/scratch', size: 1024, mode: 0o1777, options: ['noexec'] } },
  ] as const;
  const entries = lines(record({}), { mounts }).filter((line) => line.startsWith('lxc.mount.entry'));
  expect(entries.slice(1)).toEqual([
    'lxc.mount.entry = /srv/a\\040b a\\043b none rbind,ro 0 0',
    'lxc.mount.entry = /etc/motd etc/motd none rbind,create=file 0 0',
    'lxc.mount.entry = tmpfs scratch tmpfs nosuid,nodev,noexec,size=1024,mode=1777 0 0',
  ]);
});

test('limits are of either version of control groups', () => {
  const limited = record({
    resources: { limits: { cpus: 0.5, memory: 1024, pids: 9 }, reservations: {}, tuning: { cpuShares: 2 } },
  });
  const of = (cgroups: 1 | 2) =>
    lines(limited, { cgroups }).filter((line) => /^lxc\.cgroup2?\.[cmp]/.test(line));
  expect(of(1)).toEqual([
    'lxc.cgroup.cpu.cfs_period_us = 100000',
    'lxc.cgroup.cpu.cfs_quota_us = 50000',
    'lxc.cgroup.memory.limit_in_bytes = 1024',
    'lxc.cgroup.pids.max = 9',
    'lxc.cgroup.cpu.shares = 2',
  ]);
  expect(of(2)).toEqual([
    'lxc.cgroup2.cpu.max = 50000 100000',
    'lxc.cgroup2.memory.max = 1024',
    'lxc.cgroup2.pids.max = 9',
    'lxc.cgroup2.cpu.weight = 1',
  ]);
});

test('a device is there, and allowed', () => {
  const tun = { host: '/dev/net/tun', container: '/dev/net/tun', permissions: 'rwm' };
  expect(lines(record({ devices: [tun] }))).toEqual(
    expect.arrayContaining([
      'lxc.cgroup.devices.allow = c 10:200 rwm',
      'lxc.mount.entry = /dev/net/tun dev/net/tun none bind,create=file 0 0',
    ]),
  );
});

test('nothing becomes a line of its own', () => {
  const hook = '\nlxc.hook.pre-start = /bin/sh';
  expect(() => lines(record({}), { hostname: `a${hook}` })).toThrow(/no ends of lines in lxc.uts.name/);
  const { process, ...made } = record({});
  const environment = { ...process, environment: { [`A${hook}`]: `"${hook}` } };
  expect(lines({ ...made, process: environment })).toContain(
    'lxc.environment = HEDDLE:A%0Alxc.hook.pre-start%20%3D%20%2Fbin%2Fsh=%22%0Alxc.hook.pre-start%20%3D%20%2Fbin%2Fsh',
  );
  // In fstab(5) they are numbers.
  const mounts = [{ mount: { type: 'tmpfs' as const, target: `/a${hook}` } }];
  expect(lines(record({}), { mounts })).toContain(
    'lxc.mount.entry = tmpfs a\\012lxc.hook.pre-start\\040=\\040/bin/sh tmpfs nosuid,nodev 0 0',
  );
});
