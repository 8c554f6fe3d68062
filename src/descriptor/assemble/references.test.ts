import { expect, test } from 'vitest';
import { application, errors, warnings, web, webErrors, webFile } from '../memory-files.ts';

test('depends_on, short and long', () => {
  expect(web('depends_on: [db]', '  db: { image: db }').dependsOn).toEqual({
    db: { condition: 'service_started', restart: false, required: true },
  });
  const long = 'depends_on: { db: { condition: service_healthy, restart: true, required: false } }';
  expect(web(long, '  db: { image: db }').dependsOn).toEqual({
    db: { condition: 'service_healthy', restart: true, required: false },
  });
});

test.each([
  ['depends_on: [dbs]', 'services.web.depends_on.dbs: there is no service "dbs" (did you mean "db"?)'],
  [
    'network_mode: "service:dbs"',
    'services.web.network_mode: there is no service "dbs" (did you mean "db"?)',
  ],
  ['links: [dbs]', 'services.web.links[0]: there is no service "dbs" (did you mean "db"?)'],
  ['networks: [frnt]', 'services.web.networks.frnt: there is no network "frnt" (did you mean "front"?)'],
  ['volumes: ["dat:/x"]', 'services.web.volumes[0]: there is no volume "dat" (did you mean "data"?)'],
  [
    'configs: [x]',
    'services.web.configs[0]: there is no config "x" (define it under "configs" at top level)',
  ],
  [
    'secrets: [constructor]',
    'services.web.secrets[0]: there is no secret "constructor" (define it under "secrets" at top level)',
  ],
])('%s', (keys, message) => {
  const found = webErrors(keys, '  db: { image: db }\nnetworks: { front: }\nvolumes: { data: }');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^compose.yaml:4:\d+: error ERR_UNKNOWN_REFERENCE: /);
  expect(found[0]).toContain(message);
});

test('a ring of dependencies is named, in order', () => {
  expect(
    errors(`
services:
  a: { image: a, depends_on: [b] }
  b: { image: b, depends_on: { c: { condition: service_healthy } } }
  c: { image: c, network_mode: "service:a" }
  d: { image: d, depends_on: [d, a] }
`),
  ).toEqual([
    'compose.yaml:3:31: error ERR_DEPENDENCY_CYCLE: services depend on each other: a → b → c → a',
    'compose.yaml:6:31: error ERR_DEPENDENCY_CYCLE: services depend on each other: d → d',
  ]);
});

test('a long chain is no ring', () => {
  const services = Array.from(
    { length: 3000 },
    (_, i) => `  s${i}: { image: x, depends_on: [${i > 0 ? `s${i - 1}` : ''}] }`,
  );
  expect(Object.keys(application(`services:\n${services.join('\n')}`).services)).toHaveLength(3000);
});

test.each([
  ['container_name: c\nscale: 2', '2 replicas cannot have one name'],
  ['network_mode: host\nports: ["80:80"]', 'has no network of its own to publish ports from'],
  ['network_mode: none\nnetworks: [default]', '"network_mode" and "networks" exclude each other'],
  [
    'mem_limit: 1g\ndeploy: { resources: { limits: { memory: 2g } } }',
    '"mem_limit" and "deploy.resources.limits.memory" differ',
  ],
  ['scale: 1\ndeploy: { replicas: 2 }', '"scale" and "deploy.replicas" differ'],
  [
    'build: { dockerfile: a, dockerfile_inline: b }',
    '"dockerfile" and "dockerfile_inline" exclude each other',
  ],
  ['ports: ["80:80", "80:81"]', 'this service has the host port 80/tcp already'],
])('conflict: %j', (keys, message) => {
  const found = webErrors(keys);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^compose.yaml:\d+:\d+: error ERR_COMPOSE_CONFLICT: /);
  expect(found[0]).toContain(message);
});

test.each(['host', 'service:db', 'container:c'])(
  'what belongs to a network of its own is ignored aloud with network_mode: %s',
  (mode) => {
    const keys = `hostname: h\ndns: []\nextra_hosts: ["a:10.0.0.1"]\nsysctls: { net.core.somaxconn: 9 }`;
    const db = '  db: { image: db }';
    expect(warnings(webFile(keys, db))).toEqual([]);
    const said = warnings(webFile(`network_mode: "${mode}"\n${keys}`, db));
    expect(
      said.map((line) => /WARN_COMPOSE_IGNORED: services\.web\.(\w+) is ignored/.exec(line)?.[1]),
    ).toEqual(['hostname', 'extra_hosts', 'sysctls']);
  },
);

test('two services cannot have one container name or host port', () => {
  const text = webFile(
    'container_name: c\nports: ["127.0.0.1:80:80"]',
    '  db: { image: db, container_name: c, ports: ["127.0.0.1:80:8080"] }',
  );
  expect(errors(text)).toEqual([
    'compose.yaml:6:20: error ERR_COMPOSE_CONFLICT: services.db.container_name: the service "web" has the container name c already',
    'compose.yaml:6:47: error ERR_COMPOSE_CONFLICT: services.db.ports[0]: the service "web" has the host port 127.0.0.1:80/tcp already',
  ]);
});
