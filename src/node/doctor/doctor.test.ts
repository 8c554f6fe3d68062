import { describe, expect, test } from 'vitest';
import type { ApplicationSummary } from '../../api/messages.ts';
import type { ProbedEngine } from '../../engines/probe.ts';
import { chronyBound, judgeBound } from './clock.ts';
import { judgeEdge } from './edge.ts';
import { judgeEngines, judgeLxc } from './engines.ts';
import type { Finding } from './finding.ts';
import { judgeDisk, judgeMode } from './folders.ts';
import { judgeKernel } from './kernel.ts';
import { judgeLeftovers, judgeNode } from './leftovers.ts';
import { checkRights, judgeCgroups, judgeRights } from './rights.ts';

const statuses = (findings: readonly Finding[]) => findings.map(({ check, status }) => `${check} ${status}`);

describe('engines', () => {
  const info = { version: '4.3.1', storage: '/var/lib/containers', runtime: 'runc', network: 'netavark' };
  const podman: ProbedEngine = { kind: 'podman', installed: true, info };
  const docker: ProbedEngine = { kind: 'docker', installed: false };

  test('one is enough', () => {
    expect(statuses(judgeEngines([podman, docker], true))).toEqual(['podman ok', 'docker ok']);
    const answering = { ...docker, answers: { endpoint: 'unix:///x', version: '20.10.24', api: '1.41' } };
    expect(statuses(judgeEngines([{ kind: 'podman', installed: false }, answering], true))).toEqual([
      'podman ok',
      'docker ok',
    ]);
  });

  test('none is an error that says what to install', () => {
    const findings = judgeEngines([{ kind: 'podman', installed: false }, docker], true);
    expect(findings.at(-1)).toMatchObject({ status: 'error', remedy: 'apt-get install podman' });
  });

  test('LXC need not be there; where it is, what it lacks is said', () => {
    expect(judgeLxc(undefined)).toEqual([]);
    expect(statuses(judgeLxc([]))).toEqual(['lxc ok']);
    expect(judgeLxc(['buildah'])).toMatchObject([{ status: 'warning', remedy: 'apt-get install buildah' }]);
  });

  test('an old one, and one whose networks are not kept apart, are warned of', () => {
    const old = { ...podman, info: { ...info, version: '3.4.4' } };
    expect(statuses(judgeEngines([old, docker], true))[0]).toBe('podman warning');
    const cni = { ...podman, info: { ...info, network: 'cni' } };
    expect(judgeEngines([cni, docker], true)[0]?.remedy).toContain('netavark');
  });

  test('need iptables', () => {
    expect(judgeEngines([podman, docker], false).at(-1)).toMatchObject({ status: 'error' });
  });
});

describe('the kernel', () => {
  test('has all that is needed', () => {
    const findings = judgeKernel({ links: true, bridgeFilter: true, rules: true, sources: true });
    expect(findings.every(({ status }) => status === 'ok')).toBe(true);
  });

  test('without br_netfilter would let everything pass a firewall', () => {
    const found = judgeKernel({ links: true, bridgeFilter: false, rules: true, sources: true });
    expect(found.filter(({ status }) => status === 'error')).toMatchObject([
      {
        what: expect.stringContaining('a firewall would see no packet'),
        remedy: expect.stringContaining('modprobe'),
      },
    ]);
  });

  test('without nft could keep nobody from speaking as another', () => {
    const found = judgeKernel({ links: true, bridgeFilter: true, rules: undefined, sources: undefined });
    expect(found.filter(({ status }) => status === 'error')).toMatchObject([{ remedy: 'install nftables' }]);
  });

  test('before Linux 5.19 has no networks of ip: nobody would look at where a packet says that it comes from', () => {
    const sources = 'nft -f -: Error: Could not process rule: Operation not supported';
    const found = judgeKernel({ links: true, bridgeFilter: true, rules: true, sources });
    expect(found.filter(({ status }) => status === 'error')).toMatchObject([
      { check: 'kernel: sources', remedy: expect.stringContaining('Linux 5.19') },
    ]);
  });
});

test('rights that are missing are named', () => {
  const paths = { stateDir: '/x', runDir: '/x', socket: '/x' };
  expect(checkRights({ root: false, paths, node: undefined })[0]).toMatchObject({
    status: 'error',
    remedy: 'run it with sudo',
  });
  expect(judgeRights(['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE', 'DAC_OVERRIDE']).status).toBe('ok');
  expect(judgeRights(['SYS_ADMIN', 'NET_ADMIN', 'DAC_OVERRIDE']).what).toContain('without SYS_PTRACE');
});

test('cgroups of the first version work, and without a controller something is lost', () => {
  expect(judgeCgroups('v2', ['cpu', 'memory', 'pids']).status).toBe('ok');
  expect(judgeCgroups('v1 and v2 mixed', ['cpu', 'memory', 'pids']).what).toContain('not with crun');
  expect(judgeCgroups('v2', ['cpu', 'pids']).what).toContain('memory');
});

describe('the clock', () => {
  // Fields as chrony 4.3 prints them.
  const tracking = (fields: Record<number, string>) => {
    const line =
      'C0A80001,192.168.0.1,3,1700000000.1,-0.000021,0.00001,0.00002,1.2,0.01,0.02,0.004,0.0005,64.2,Normal';
    return line
      .split(',')
      .map((field, index) => fields[index] ?? field)
      .join(',');
  };

  test('is off by the offset, half the delay and the dispersion at most', () => {
    expect(chronyBound(tracking({}))).toBeCloseTo(0.002521, 6);
    expect(judgeBound(0.002521)).toMatchObject({ status: 'ok', what: expect.stringContaining('2.52 ms') });
    expect(judgeBound(0.2).status).toBe('warning');
  });

  test('is not kept when chrony has no source', () => {
    expect(chronyBound(tracking({ 2: '0', 13: 'Not synchronised' }))).toBeUndefined();
    expect(chronyBound('')).toBeUndefined();
  });
});

describe('the edge', () => {
  const ebpf = { name: 'ebpf', missing: {} };
  const ovs = { name: 'ovs', missing: { 'ovs-vswitchd': 'apt-get install openvswitch-switch' } };

  test('says by which drivers networks can be joined, and what others lack', () => {
    expect(judgeEdge([ebpf, ovs])).toMatchObject([
      { status: 'ok', what: expect.stringContaining('by ebpf; ovs lacks ovs-vswitchd') },
    ]);
    const without = { name: 'ebpf', missing: { bpftool: 'apt-get install bpftool' } };
    expect(judgeEdge([without, ovs])).toMatchObject([
      { status: 'warning', remedy: 'apt-get install bpftool' },
    ]);
  });
});

test('space on the disk', () => {
  expect(judgeDisk('/x', 50e9, 100e9).status).toBe('ok');
  expect(judgeDisk('/x', 2e9, 100e9).status).toBe('warning');
  expect(judgeDisk('/x', 10e6, 100e9).status).toBe('error');
});

test('what others may read is an error that says how to mend it', () => {
  expect(judgeMode('/x', { mode: 0o40700, uid: 0 })).toEqual([]);
  expect(judgeMode('/x/key', { mode: 0o100644, uid: 0 })[0]).toMatchObject({
    status: 'error',
    remedy: 'chown root: /x/key && chmod go= /x/key',
  });
  expect(judgeMode('/x', { mode: 0o40700, uid: 1000 })).toHaveLength(1);
});

test('without a node nothing is kept running', () => {
  expect(judgeNode(undefined)[0]?.status).toBe('warning');
});

describe('what is left over', () => {
  const shop = {
    project: 'shop',
    services: 2,
    running: 4,
    containers: 4,
    files: ['/compose.yaml'],
    namespaces: ['heddle-shop', 'heddle-database.firewall'],
  };
  const old = {
    project: 'old',
    services: 0,
    running: 0,
    containers: 3,
    files: [],
    namespaces: ['heddle-old'],
  };

  test('is nothing when all of it is wanted', () => {
    expect(statuses(judgeLeftovers([shop], ['heddle-shop', 'heddle-database.firewall']))).toEqual([
      'leftovers ok',
    ]);
  });

  test('are not judged by a node of an earlier version, which does not say what it has', () => {
    const { namespaces: _, ...earlier } = shop;
    const [found] = judgeLeftovers(
      [earlier as Partial<ApplicationSummary> as ApplicationSummary],
      ['heddle-shop'],
    );
    expect(found).toMatchObject({ status: 'warning', remedy: 'restart the node' });
  });

  test('are containers and namespaces of applications that the node does not know', () => {
    const remedies = judgeLeftovers([shop, old], ['heddle-gone', 'heddle-shop-db-2.firewall']).map(
      ({ remedy }) => remedy,
    );
    expect(remedies).toEqual([
      'if nobody wants it: heddle down -p old',
      'if nobody wants it: ip netns delete heddle-gone',
      'if nobody wants it: ip netns delete heddle-shop-db-2.firewall',
    ]);
  });
});
