import { expect, test } from 'vitest';
import { load } from './memory-files.ts';

// Habits of published Compose files, all in one.
const PUBLISHED = `# A comment before the document starts.
---
x-restart: &restart
  restart: unless-stopped
x-healthy: &healthy
  condition: service_healthy
x-app: &app
  <<: *restart
  image: \${APP_IMAGE:-registry.example/app:1-2}
  platform: \${PLATFORM:-}
  environment: &app-env
    CA: &ca "/etc/ssl/ca.crt"
    ALSO_CA: *ca
    LOGS: true
    RATIO: 0.3
    FROM_OUTSIDE:
  depends_on: &app-needs
    db:
      <<: *healthy
services:
  web:
    <<: *app
    command: '"55 23 * * * run it"'
    environment:
      <<: *app-env
      EXTRA: "\${EXTRA:-x}"
    depends_on:
      <<: *app-needs
      init: { condition: service_completed_successfully }
    volumes:
      - \${DATA:-.}/logs:/logs
      - /etc/localtime:/etc/localtime:ro
  init:
    <<: *app
    entrypoint: bash -c 'eval "echo \\"$$(cat ~/t.yml)\\"" > ~/k.yml && run'
    command:
      - -c
      - |
        echo $$(id -u)
  db:
    <<: *restart
    image: db
    healthcheck:
      disable: false
      test: db-cli ping || exit 1
    ports:
      - \${PORT-:5432:5432}
    ulimits:
      nofile: { soft: 4096, hard: 4096 }
`;

test('published files load without a word', () => {
  const { application, warnings } = load(PUBLISHED, { env: { FROM_OUTSIDE: 'o' } });
  expect(warnings).toEqual([]);
  expect(application.services).toMatchObject({
    web: {
      image: 'registry.example/app:1-2',
      command: ['55 23 * * * run it'],
      environment: {
        CA: '/etc/ssl/ca.crt',
        ALSO_CA: '/etc/ssl/ca.crt',
        LOGS: 'true',
        RATIO: '0.3',
        FROM_OUTSIDE: 'o',
        EXTRA: 'x',
      },
      dependsOn: {
        db: { condition: 'service_healthy' },
        init: { condition: 'service_completed_successfully' },
      },
      mounts: [{ source: '/app/logs' }, { source: '/etc/localtime', readOnly: true }],
      restart: { condition: 'unless-stopped' },
    },
    init: {
      entrypoint: ['bash', '-c', 'eval "echo \\"$(cat ~/t.yml)\\"" > ~/k.yml && run'],
      command: ['-c', 'echo $(id -u)\n'],
    },
    db: {
      healthcheck: { test: ['CMD-SHELL', 'db-cli ping || exit 1'] },
      ports: [{ target: 5432, published: 5432 }],
    },
  });
});

test('x-heddle: requests reach the application as they were written, with their places', () => {
  const descriptor = load(`
services:
  web:
    image: web
    x-heddle:
      manage:
        flows: { version: 9, budget: { cpu: 2%, memory: 64M } }
        snmp: true
        firewall:
          ingress:
            - { ports: ["80/tcp"], from: [any], rate: 200/s per source }
  db: { image: db }
x-heddle:
  manage:
    latency:
      - { from: web, to: db, every: 200ms, objective: { p99: 20ms } }
`);
  expect(descriptor.application.services['web']?.manage).toEqual({
    flows: { version: 9, budget: { cpu: '2%', memory: '64M' } },
    snmp: true,
    firewall: { ingress: [{ ports: ['80/tcp'], from: ['any'], rate: '200/s per source' }] },
  });
  expect(descriptor.application.manage).toEqual({
    latency: [{ from: 'web', to: 'db', every: '200ms', objective: { p99: '20ms' } }],
  });
  const flows = ['services', 'web', 'x-heddle', 'manage', 'flows'];
  expect(descriptor.at([...flows, 'version'])).toEqual({ file: 'compose.yaml', line: 7, column: 18 });
  expect(descriptor.at([...flows, 'sampling'])).toEqual({ file: 'compose.yaml', line: 7, column: 9 });
  expect(descriptor.at(['x-heddle', 'manage', 'latency', 0, 'to'])).toEqual({
    file: 'compose.yaml',
    line: 16,
    column: 22,
  });
});

test('a variable can be asked for afterwards, .env included', () => {
  const descriptor = load({ 'compose.yaml': 'services: { web: { image: web } }', '.env': 'S=x' });
  expect(descriptor.variable('S')).toBe('x');
  expect(descriptor.variable('NONE')).toBeUndefined();
});
