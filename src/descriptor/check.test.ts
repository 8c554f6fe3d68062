import { expect, test } from 'vitest';
import { errors, load, warnings, webErrors, webFile } from './memory-files.ts';

test('all errors at once, in the order of the file', () => {
  const text = `
services:
  web:
    imge: nginx
    ports: 5
    depends_on: [dbb]
    userns_mode: keep-id
    volumes: ["q:/q", "data:/x:rx"]
    x-heddle: { manag: {} }
  db: { image: db, healthcheck: { intervall: 5s, timeout: 5 } }
foo: 1
`;
  expect(errors(text).map((line) => line.replace(/ERR_COMPOSE_|compose.yaml:/g, ''))).toEqual([
    '3:3: error TYPE: services.web: there is neither "image" nor "build"',
    '4:5: error UNKNOWN_KEY: services.web.imge: this key is not part of the syntax (did you mean "image"?)',
    '5:12: error TYPE: services.web.ports: expected a list, got 5',
    '6:18: error ERR_UNKNOWN_REFERENCE: services.web.depends_on.dbb: there is no service "dbb" (did you mean "db"?)',
    '7:5: error UNSUPPORTED: services.web.userns_mode is not carried out, and the service would share the user ids of the host',
    '8:15: error ERR_UNKNOWN_REFERENCE: services.web.volumes[0]: there is no volume "q" (define it under "volumes" at top level)',
    '8:23: error TYPE: services.web.volumes[1]: the volume option "rx" is not known (did you mean "ro"?)',
    '9:17: error UNKNOWN_KEY: services.web.x-heddle.manag: Heddle does not know this key (did you mean "manage"?)',
    '10:35: error UNKNOWN_KEY: services.db.healthcheck.intervall: this key is not part of the syntax (did you mean "interval"?)',
    '10:59: error TYPE: services.db.healthcheck.timeout: 5 has no unit: write "5s"',
    expect.stringMatching(/^11:1: error UNKNOWN_KEY: foo: this key is not part of the syntax/),
  ]);
});

test.each([
  [
    'restart: sometimes',
    '14: services.web.restart: expected "no", always, unless-stopped, on-failure or on-failure:N',
  ],
  ['init: maybe', '11: services.web.init: expected true or false, got "maybe"'],
  [
    'mem_limit: 5 apples',
    '16: services.web.mem_limit: expected a size such as 64M, 1gb or a number of bytes, or -1, got "5 apples"',
  ],
  [
    'stop_grace_period: soon',
    '24: services.web.stop_grace_period: expected a duration such as 30s, 200ms or 1m30s, got "soon"',
  ],
  ['scale: -1', '12: services.web.scale: expected a whole number from 0, got -1'],
  ['environment: x', '18: services.web.environment: expected a map, or a list of NAME=VALUE'],
  ['environment: [=x]', '19: services.web.environment[0]: "=x" has no name before "="'],
  ['dns: nowhere', '10: services.web.dns[0]: expected an IP address'],
  ['ports: [{ published: 80 }]', '13: services.web.ports[0].target: a number or text is missing'],
  [
    'ports: ["80/x"]',
    '13: services.web.ports[0]: "80/x": the protocol is tcp, udp or sctp (write [HOST-IP:][HOST-PORT:]PORT[/PROTOCOL], each port a number from 1 to 65535 or a range a-b)',
  ],
  ['ulimits: { nofile: x }', '24: services.web.ulimits.nofile.hard: expected a whole number, got "x"'],
  [
    'command: "a \'b"',
    '14: services.web.command: a quote or a parenthesis is not closed, or a backslash ends the line, in "a \'b"',
  ],
  [
    'volumes: [{ type: image, target: /x }]',
    '23: services.web.volumes[0].type: expected bind, volume or tmpfs (image, npipe and cluster are not carried out)',
  ],
  [
    'volumes: [{ type: bind, source: x y, target: x }]',
    '50: services.web.volumes[0].target: expected an absolute path',
  ],
  [
    'devices: [a:b:c:d]',
    '15: services.web.devices[0]: "a:b:c:d" is not a device (write HOST[:CONTAINER[:rwm]])',
  ],
  [
    'healthcheck: { test: [curl] }',
    '20: services.web.healthcheck.test: the first item of the list is CMD, CMD-SHELL or NONE (or write the test as one line of shell)',
  ],
  [
    'network_mode: hots',
    '5: services.web.network_mode: "hots" is not a network mode (write none, host, bridge, service:NAME or container:NAME)',
  ],
  [
    'x-heddle: { manage: { flows: 5 } }',
    '34: services.web.x-heddle.manage.flows: expected true, false, a map of parameters, or a list of such maps',
  ],
  [
    'x-heddle: { manage: { Flows: true } }',
    '27: services.web.x-heddle.manage.Flows: a feature has a name of small letters',
  ],
])('%s', (keys, message) => {
  expect(
    webErrors(keys).map((line) => line.replace(/compose.yaml:4:(\d+): error [A-Z_]+: /, '$1: ')),
  ).toContain(message);
});

test('a feature may be on, off, a map of parameters, or a list of maps', () => {
  expect(webErrors('x-heddle: { manage: { a: true, b: false, c: { x: 1 }, d: [{ x: 1 }, {}] } }')).toEqual(
    [],
  );
});

test('x-heddle has its places, and future keys are not among them', () => {
  expect(webErrors('x-heddle: { sites: {} }')[0]).toMatch(/x-heddle.sites: Heddle does not know this key/);
  expect(webErrors('x-other: 1', 'volumes: { v: { x-heddle: {}, x-other: 1 } }')).toEqual([
    'compose.yaml:5:17: error ERR_COMPOSE_UNKNOWN_KEY: volumes.v.x-heddle: Heddle has nothing to be told here',
  ]);
});

test('x- keys of others are ignored wherever they stand', () => {
  const text = webFile(
    'x-a: 1\nports: [{ target: 80, x-b: 1 }]\ndeploy: { x-c: 1, resources: { x-d: 1 } }',
    'x-e: 1',
  );
  expect(warnings(text)).toEqual([]);
});

test('what is not carried out and does no harm is a warning at its key', () => {
  const text = webFile(
    'cpu_count: 5\ndeploy: { placement: { constraints: [a] }, endpoint_mode: vip }\nattach: false',
    'version: "3"',
  );
  expect(warnings(text)).toEqual([
    'compose.yaml:4:5: warning WARN_COMPOSE_IGNORED: services.web.cpu_count is not carried out and was ignored',
    'compose.yaml:5:15: warning WARN_COMPOSE_IGNORED: services.web.deploy.placement is not carried out and was ignored',
    'compose.yaml:5:48: warning WARN_COMPOSE_IGNORED: services.web.deploy.endpoint_mode is not carried out and was ignored',
    'compose.yaml:7:1: warning WARN_COMPOSE_IGNORED: version is obsolete and was ignored',
  ]);
});

test.each([
  'userns_mode: keep-id',
  'cgroup: private',
  'isolation: hyperv',
  'runtime: runsc',
  'use_api_socket: true',
  'credential_spec: { file: x }',
])('what restricts or isolates is an error: %s', (keys) => {
  const found = webErrors(keys, 'volumes: { v: }');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^compose.yaml:4:\d+: error ERR_COMPOSE_UNSUPPORTED: services.web\./);
});

test.each(['userns_mode: host', 'runtime: runc', 'isolation: default', 'cgroup: host'])(
  'but not %s',
  (keys) => {
    expect(webErrors(keys)).toEqual([]);
  },
);

test.each([
  'gpus: all',
  'gpus: [{ driver: nvidia, count: 1 }]',
  'models: [llm]',
  'provider: { type: model }',
  'external_links: [other:db]',
  'storage_opt: { size: 1G }',
  'blkio_config: { device_read_bps: [{ path: /dev/sda, rate: 1mb }] }',
  'cpu_rt_runtime: 400ms',
  'deploy: { resources: { reservations: { devices: [{ capabilities: [gpu] }] } } }',
  'deploy: { resources: { reservations: { generic_resources: [{ discrete_resource_spec: { kind: gpu, value: 1 } }] } } }',
  'networks: { n: { interface_name: eth7 } }',
  'networks: { n: { gw_priority: 1 } }',
  'networks: { n: { driver_opts: { a: b } } }',
  'build: { context: ., ssh: [default] }',
  'build: { context: ., secrets: [s] }',
  'build: { context: ., additional_contexts: { a: ../a } }',
])('a service that would not work, or less bounded, is not started: %s', (keys) => {
  const found = webErrors(keys, 'networks: { n: }');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^compose.yaml:4:\d+: error ERR_COMPOSE_UNSUPPORTED: services.web\./);
});

test.each(['gpus:', 'blkio_config: { weight: 300 }', 'networks: { n: { gw_priority: 0 } }', 'models: []'])(
  'but nothing is missing without %s',
  (keys) => {
    expect(webErrors(keys, 'networks: { n: }')).toEqual([]);
  },
);

test('models and drivers of configs and secrets are refused at top level, too', () => {
  const text = webFile(
    'configs: [c]',
    'configs: { c: { content: "{{ .x }}", template_driver: golang } }\nmodels: { llm: { model: ai/x } }',
  );
  expect(errors(text).map((line) => line.replace(/ is not carried out.*/, ''))).toEqual([
    'compose.yaml:5:38: error ERR_COMPOSE_UNSUPPORTED: configs.c.template_driver',
    'compose.yaml:6:1: error ERR_COMPOSE_UNSUPPORTED: models',
  ]);
});

test.each([
  ['environment: ["DEBUG = true"]', '["DEBUG "]'],
  ['environment: { "A B": 1 }', '["A B"]'],
  ['environment: { "A=B": 1 }', '.A=B'],
  ['environment: { "": 1 }', '[""]'],
  ['environment: ["A\\tB=1"]', '["A\\tB"]'],
])('the name of a variable is one: %s', (keys, shown) => {
  expect(webErrors(keys)).toEqual([
    expect.stringContaining(`services.web.environment${shown}: the name of a variable holds no white space`),
  ]);
});

test('the names of arguments for a build are variables, too; those of labels are free', () => {
  expect(webErrors('build: { context: ., args: ["A =1"] }')).toHaveLength(1);
  expect(webErrors('labels: ["a b =1"]')).toEqual([]);
});

test('names that JavaScript’s objects have are names like others; the one that cannot be is refused', () => {
  const names = 'services: { constructor: { image: x, environment: [toString=1] } }';
  const { services } = load(names).application;
  expect(Object.keys(services)).toEqual(['constructor']);
  expect(services['constructor']?.environment).toEqual({ toString: '1' });
  expect(errors('services: { __proto__: { image: x } }')).toContain(
    'compose.yaml:1:13: error ERR_COMPOSE_TYPE: services.__proto__: this name is reserved (choose another)',
  );
  expect(webErrors('environment: [__proto__=1]')).toContain(
    'compose.yaml:4:19: error ERR_COMPOSE_TYPE: services.web.environment.__proto__: this name is reserved (choose another)',
  );
});

test('a list or a text that a variable left empty is none', () => {
  const { services } = load(
    webFile(
      'dns: "${U:-}"\ndns_search: ["${U:-}"]\ntmpfs: "${U:-}"\ncap_add: ["${U:-}"]\nbuild: { context: "${U:-}", target: "${U:-}" }\n' +
        'logging: { driver: "${U:-}" }\nports: [{ target: 80, published: "${U:-}", host_ip: "${U:-}" }]\nhealthcheck: { test: [] }\n',
    ),
  ).application;
  expect(services['web']).toMatchObject({
    dns: [],
    dnsSearch: [],
    mounts: [],
    capAdd: [],
    build: { context: '/app' },
    ports: [{ target: 80 }],
  });
  expect(services['web']?.build).not.toHaveProperty('target');
  expect(services['web']?.ports[0]).not.toHaveProperty('published');
});

test.each([
  [`services: { ${'s'.repeat(64)}: { image: x } }`, 'at most 63'],
  ['services: { "..": { image: x } }', 'a name consists of'],
  [webFile(`container_name: ${'c'.repeat(229)}`), 'at most 228'],
  [webFile(`hostname: ${'h'.repeat(65)}`), 'at most 64 characters'],
  [webFile('networks: [n]', `networks: { n: { name: ${'n'.repeat(229)} } }`), 'at most 228'],
  [webFile('', 'volumes: { v: { name: ../../etc } }'), 'expected letters, digits'],
])('names have limits: %s', (text, message) => {
  expect(errors(text)).toContainEqual(expect.stringContaining(message));
});
