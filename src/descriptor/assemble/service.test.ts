import { expect, test } from 'vitest';
import { application, web, webErrors } from '../memory-files.ts';

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

test.each([
  ['build: ctx', { context: '/app/ctx', dockerfile: 'Dockerfile' }],
  [
    'build: { context: ctx, dockerfile: D, target: t, network: host, pull: true, no_cache: true }',
    { context: '/app/ctx', dockerfile: 'D', target: 't', network: 'host', pull: true, noCache: true },
  ],
  ['build: { dockerfile_inline: FROM x }', { context: '/app', dockerfileInline: 'FROM x' }],
  [
    'build: { args: { A: 1, B: , C: true, NONE: }, labels: [x=y] }',
    { args: { A: '1', B: 'outside', C: 'true' }, labels: { x: 'y' } },
  ],
  [
    'build: { args: [A=1, B], tags: [a, b], extra_hosts: ["h:1.2.3.4"] }',
    { args: { A: '1', B: 'outside' }, tags: ['a', 'b'], extraHosts: ['h=1.2.3.4'] },
  ],
])('%s', (keys, expected) => {
  expect(web(keys, '', { env: { B: 'outside' } }).build).toMatchObject(expected);
});

test('a Containerfile is taken where there is no Dockerfile', () => {
  const text = 'services: { web: { build: ctx } }';
  const dockerfile = (files: Record<string, string>) =>
    application({ 'compose.yaml': text, ...files }).services['web']?.build?.dockerfile;
  expect(dockerfile({ 'ctx/Containerfile': '' })).toBe('Containerfile');
  expect(dockerfile({ 'ctx/Containerfile': '', 'ctx/Dockerfile': '' })).toBe('Dockerfile');
});

test('a context that would have to be fetched is refused', () => {
  expect(webErrors('build: https://example.com/x.git')[0]).toMatch(
    /ERR_COMPOSE_UNSUPPORTED: .* is not a folder/,
  );
});

test.each([
  ['./a:/b', { type: 'bind', source: '/app/a', target: '/b', readOnly: false, createSource: true }],
  [
    '"~/a:/b:ro,z,rshared"',
    {
      type: 'bind',
      source: '/root/a',
      target: '/b',
      readOnly: true,
      createSource: true,
      propagation: 'rshared',
      selinux: 'z',
    },
  ],
  ['v:/b:nocopy', { type: 'volume', source: 'v', target: '/b', readOnly: false, noCopy: true }],
  ['/b', { type: 'volume', target: '/b', readOnly: false, noCopy: false }],
  [
    '{ type: bind, source: a, target: /b, bind: { create_host_path: false } }',
    { type: 'bind', source: '/app/a', target: '/b', readOnly: false, createSource: false },
  ],
  [
    '{ type: volume, source: v, target: /b, read_only: true, volume: { nocopy: true } }',
    { type: 'volume', source: 'v', target: '/b', readOnly: true, noCopy: true },
  ],
  [
    '{ type: tmpfs, target: /b, tmpfs: { size: 1m, mode: 01777 } }',
    { type: 'tmpfs', target: '/b', size: 1_048_576, mode: 0o1777 },
  ],
])('volume %s', (item, expected) => {
  expect(web(`volumes: [${item}]`, 'volumes: { v: }', { env: { HOME: '/root' } }).mounts).toEqual([expected]);
});

test('tmpfs', () => {
  expect(web('tmpfs: ["/a", "/b:size=64m,mode=755,noexec,uid=1"]').mounts).toEqual([
    { type: 'tmpfs', target: '/a' },
    { type: 'tmpfs', target: '/b', size: 67_108_864, mode: 0o755, options: ['noexec', 'uid=1'] },
  ]);
  expect(webErrors('tmpfs: [a, "/b:size=x"]')).toHaveLength(2);
});

test('ports, short and long', () => {
  expect(
    web('ports: [80, "8000-8001:80", { target: 90, published: 91, host_ip: "::1", protocol: udp }]').ports,
  ).toEqual([
    { target: 80, protocol: 'tcp' },
    { target: 80, published: 8000, publishedEnd: 8001, protocol: 'tcp' },
    { target: 90, published: 91, hostIp: '::1', protocol: 'udp' },
  ]);
});

test('configs and secrets become files', () => {
  const top = `
configs: { c: { content: hello }, f: { file: ./f } }
secrets: { s: { environment: S }, t: { file: /t } }
`;
  const keys =
    'configs: [c, { source: f, target: /etc/f, uid: "1", gid: "2", mode: 0440 }]\nsecrets: [s, { source: t, target: u, mode: "0400" }]';
  expect(web(keys, top, { env: { S: 'x' } }).files).toEqual([
    { kind: 'config', name: 'c', target: '/c', content: { inline: 'hello' } },
    {
      kind: 'config',
      name: 'f',
      target: '/etc/f',
      uid: '1',
      gid: '2',
      mode: 0o440,
      content: { file: '/app/f' },
    },
    { kind: 'secret', name: 's', target: '/run/secrets/s', content: { environment: 'S' } },
    { kind: 'secret', name: 't', target: '/run/secrets/u', mode: 0o400, content: { file: '/t' } },
  ]);
});

test('configs and secrets that cannot be had', () => {
  const top =
    'secrets: { e: { external: true }, n: {}, b: { file: f, content: c }, v: { environment: NONE } }';
  expect(
    webErrors('secrets: [e, n, b, v]', top).map((line) => line.replace(/compose.yaml:\d+:\d+: error /, '')),
  ).toEqual([
    'ERR_COMPOSE_UNSUPPORTED: secrets.e: an external secret would be kept by Swarm, which is not in use here (give it with "file" or "environment")',
    'ERR_COMPOSE_CONFLICT: secrets.n: there is none of "file", "environment" and "content"',
    'ERR_COMPOSE_CONFLICT: secrets.b: only one is possible of "file", "environment" and "content"',
    'ERR_INTERPOLATION: secrets.v: the variable NONE is not set',
  ]);
});

test('networks with aliases and addresses', () => {
  const keys =
    'networks: { a: { aliases: [x], ipv4_address: 10.0.0.2, ipv6_address: "fd00::2", link_local_ips: [169.254.1.1], mac_address: "02:00:00:00:00:01", priority: 5 }, b: }';
  expect(web(keys, 'networks: { a: , b: }').networks).toEqual({
    a: {
      aliases: ['x'],
      ipv4: '10.0.0.2',
      ipv6: 'fd00::2',
      linkLocal: ['169.254.1.1'],
      mac: '02:00:00:00:00:01',
      priority: 5,
    },
    b: { aliases: [], linkLocal: [], priority: 0 },
  });
});

test("a service's own address is that on its main network", () => {
  const keys = 'mac_address: "02:00:00:00:00:01"\nnetworks: { a: , b: { priority: 5 } }';
  expect(web(keys, 'networks: { a: , b: }').networks).toMatchObject({ b: { mac: '02:00:00:00:00:01' } });
});

test.each([
  ['none', 'none'],
  ['host', 'host'],
  ['bridge', 'bridge'],
  ['container:c', { container: 'c' }],
  ['service:db', { service: 'db' }],
])('network_mode %s', (mode, expected) => {
  const service = web(`network_mode: "${mode}"`, '  db: { image: db }');
  expect(service.networkMode).toEqual(expected);
  if (mode !== 'bridge') expect(service.networks).toEqual({});
});

test('joining a service, or linking to it, is depending on it', () => {
  const { services } = application(`
services:
  web: { image: a, pid: "service:db", links: ["cache:redis"], networks: [n, m] }
  db: { image: b }
  cache: { image: c, networks: [n] }
networks: { n: , m: }
`);
  const dependency = { condition: 'service_started', restart: true, required: true };
  expect(services['web']?.dependsOn).toEqual({ db: dependency, cache: dependency });
  expect(services['cache']?.networks['n']?.aliases).toEqual(['redis']);
});
