import { expect, test } from 'vitest';
import { web } from '../memory-files.ts';

test('a plain service has the defaults of Compose', () => {
  expect(web('')).toEqual({
    name: 'web',
    image: 'nginx',
    environment: {},
    labels: {},
    annotations: {},
    replicas: 1,
    restart: { condition: 'no' },
    dependsOn: {},
    networkMode: 'bridge',
    networks: { default: { aliases: [], linkLocal: [], priority: 0 } },
    ports: [],
    expose: [],
    mounts: [],
    files: [],
    extraHosts: [],
    dns: [],
    dnsSearch: [],
    dnsOptions: [],
    sysctls: {},
    groupAdd: [],
    tty: false,
    stdinOpen: false,
    init: false,
    privileged: false,
    readOnly: false,
    capAdd: [],
    capDrop: [],
    securityOpt: [],
    devices: [],
    ulimits: {},
    volumesFrom: [],
    stopGracePeriod: 10_000,
    resources: { limits: {}, reservations: {} },
    manage: {},
  });
});

test.each([
  ['command: a "b c"', { command: ['a', 'b c'] }],
  ['command: [a, 1]', { command: ['a', '1'] }],
  ['command: []', { command: [] }],
  ['command: ""', { command: [] }],
  ['entrypoint: /x y', { entrypoint: ['/x', 'y'] }],
  ['hostname: h\ndomainname: d', { hostname: 'h', domainname: 'd' }],
  [
    'extra_hosts: ["a:1.2.3.4", "b=[::1]"]',
    {
      extraHosts: [
        { host: 'a', address: '1.2.3.4' },
        { host: 'b', address: '::1' },
      ],
    },
  ],
  [
    'extra_hosts: { a: [1.2.3.4, "::1"], b: host-gateway }',
    {
      extraHosts: [
        { host: 'a', address: '1.2.3.4' },
        { host: 'a', address: '::1' },
        { host: 'b', address: 'host-gateway' },
      ],
    },
  ],
  [
    'dns: 1.1.1.1\ndns_search: [a, b]\ndns_opt: [ndots:1]',
    { dns: ['1.1.1.1'], dnsSearch: ['a', 'b'], dnsOptions: ['ndots:1'] },
  ],
  ['sysctls: [net.core.somaxconn=1024]', { sysctls: { 'net.core.somaxconn': '1024' } }],
  ['sysctls: { net.ipv4.ip_forward: 1 }', { sysctls: { 'net.ipv4.ip_forward': '1' } }],
  ['user: 1000\ngroup_add: [5, audio]', { user: '1000', groupAdd: ['5', 'audio'] }],
  [
    'working_dir: /x\ntty: true\nstdin_open: "yes"\ninit: true',
    { workingDir: '/x', tty: true, stdinOpen: true, init: true },
  ],
  ['privileged: true\nread_only: true', { privileged: true, readOnly: true }],
  [
    'cap_add: [NET_ADMIN]\ncap_drop: [ALL]\nsecurity_opt: [no-new-privileges]',
    { capAdd: ['NET_ADMIN'], capDrop: ['ALL'], securityOpt: ['no-new-privileges'] },
  ],
  [
    'devices: ["/dev/a", "/dev/b:/dev/c:r"]',
    {
      devices: [
        { host: '/dev/a', container: '/dev/a', permissions: 'rwm' },
        { host: '/dev/b', container: '/dev/c', permissions: 'r' },
      ],
    },
  ],
  [
    'ulimits: { nofile: 10, nproc: { soft: 1, hard: 2 } }',
    { ulimits: { nofile: { soft: 10, hard: 10 }, nproc: { soft: 1, hard: 2 } } },
  ],
  ['shm_size: 64m\npid: host\nipc: shareable', { shmSize: 67_108_864, pid: 'host', ipc: 'shareable' }],
  ['stop_signal: SIGINT\nstop_grace_period: 1m30s', { stopSignal: 'SIGINT', stopGracePeriod: 90_000 }],
  [
    'logging: { driver: json-file, options: { max-size: 1m, max-file: 3 } }',
    { logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': '3' } } },
  ],
  [
    'labels: { a: 1, b: true, c: }\nannotations: [x=y]',
    { labels: { a: '1', b: 'true', c: '' }, annotations: { x: 'y' } },
  ],
  ['platform: linux/arm64\npull_policy: if_not_present', { platform: 'linux/arm64', pullPolicy: 'missing' }],
  ['container_name: c\nexpose: [80, "90/udp"]', { containerName: 'c', expose: ['80', '90/udp'] }],
])('%j', (keys, expected) => {
  expect(web(keys)).toMatchObject(expected);
});

test('what a variable leaves empty is as good as not written', () => {
  const empty = [
    'hostname',
    'platform',
    'user',
    'container_name',
    'restart',
    'mac_address',
    'network_mode',
    'pid',
  ];
  expect(web(empty.map((key) => `${key}: "\${NONE:-}"`).join('\n'))).toEqual(web(''));
});

test.each([
  ['healthcheck: { disable: true }', 'disabled'],
  ['healthcheck: { test: [NONE] }', 'disabled'],
  ['healthcheck: { test: curl x }', { test: ['CMD-SHELL', 'curl x'] }],
  [
    'healthcheck: { test: [CMD, a, b], interval: 1m, timeout: 5s, retries: 3, start_period: 1s, start_interval: 200ms }',
    {
      test: ['CMD', 'a', 'b'],
      interval: 60_000,
      timeout: 5000,
      retries: 3,
      startPeriod: 1000,
      startInterval: 200,
    },
  ],
  ['healthcheck: { interval: 5s }', { interval: 5000 }],
])('health check: %s', (keys, expected) => {
  expect(web(keys).healthcheck).toEqual(expected);
});
