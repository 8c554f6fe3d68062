import { expect, test } from 'vitest';
import { web } from '../memory-files.ts';

test.each([
  ['restart: always', { condition: 'always' }],
  ['restart: no', { condition: 'no' }],
  ['restart: on-failure', { condition: 'on-failure' }],
  ['restart: on-failure:3', { condition: 'on-failure', maxAttempts: 3 }],
  [
    'restart: unless-stopped\ndeploy: { restart_policy: { condition: none } }',
    { condition: 'unless-stopped' },
  ],
  ['deploy: { restart_policy: {} }', { condition: 'always' }],
  [
    'deploy: { restart_policy: { condition: on-failure, max_attempts: 2 } }',
    { condition: 'on-failure', maxAttempts: 2 },
  ],
])('restart policy: %j', (keys, expected) => {
  expect(web(keys).restart).toEqual(expected);
});

test.each([
  [
    'cpus: 0.5\nmem_limit: 64m\npids_limit: 10\nmem_reservation: 32m',
    { limits: { cpus: 0.5, memory: 67_108_864, pids: 10 }, reservations: { memory: 33_554_432 } },
  ],
  [
    'deploy: { resources: { limits: { cpus: "0.5", memory: 64M, pids: 10 }, reservations: { cpus: "0.1", memory: 32M } } }',
    { limits: { cpus: 0.5, memory: 67_108_864, pids: 10 }, reservations: { cpus: 0.1, memory: 33_554_432 } },
  ],
  ['cpu_quota: 50000', { limits: { cpus: 0.5 }, reservations: {} }],
  ['cpu_quota: 50000\ncpu_period: 200000', { limits: { cpus: 0.25 }, reservations: {} }],
  ['pids_limit: -1\ncpus: 0', { limits: {}, reservations: {} }],
  [
    'cpuset: 0,1\ncpu_shares: 512\nmemswap_limit: -1\nmem_swappiness: 0\noom_score_adj: 5\ndevice_cgroup_rules: ["c 1:3 r"]',
    {
      limits: {},
      reservations: {},
      tuning: {
        cpuset: '0,1',
        cpuShares: 512,
        memorySwap: -1,
        swappiness: 0,
        oomScoreAdj: 5,
        deviceCgroupRules: ['c 1:3 r'],
      },
    },
  ],
  [
    'mem_limit: 1g\ndeploy: { resources: { limits: { memory: 1024m } } }',
    { limits: { memory: 1_073_741_824 }, reservations: {} },
  ],
])('resources: %j', (keys, expected) => {
  expect(web(keys).resources).toEqual(expected);
});

test('replicas: scale or deploy.replicas', () => {
  expect(web('scale: 3').replicas).toBe(3);
  expect(web('deploy: { replicas: 2 }').replicas).toBe(2);
  expect(web('deploy: { replicas: 0 }').replicas).toBe(0);
  expect(web('deploy: { mode: global }').replicas).toBe(1);
});
