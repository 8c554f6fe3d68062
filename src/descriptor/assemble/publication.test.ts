import { expect, test } from 'vitest';
import { application, errors, web, webErrors } from '../memory-files.ts';

const tcp80 = { name: 'tcp-80', port: 80, target: 80, protocol: 'tcp', application: 'stream' };
const inProject = (keys: string) => web(keys, '', { projectName: 'shop' }).edge;

test('a service is published when its owner says so, under its own name in a namespace of the project’s', () => {
  expect(inProject('ports: ["8080:80"]')).toBeUndefined();
  expect(inProject('ports: ["8080:80"]\nx-heddle: { edge: false }')).toBeUndefined();
  expect(inProject('ports: ["8080:80"]\nx-heddle: { edge: true }')).toEqual({
    name: 'web',
    namespace: 'shop',
    explicit: false,
    ports: [tcp80],
    steer: 'gateway',
    failover: 5,
    policy: { pin: [], exclude: [], weights: {}, by: 'delay' },
  });
});

test('a name that is written out, and everything else that an edge file says of a service', () => {
  const edge = `
x-heddle:
  edge:
    as: www
    namespace: shop
    ports: { http: { port: 80, target: 8080, application: http }, dns: { port: 53, protocol: udp } }
    steer: direct
    failover: 2
    policy: { exclude: [oslo], weights: { berlin: 2 } }`;
  expect(web(edge).edge).toEqual({
    name: 'www',
    namespace: 'shop',
    explicit: true,
    ports: [
      { name: 'http', port: 80, target: 8080, protocol: 'tcp', application: 'http' },
      { name: 'dns', port: 53, target: 53, protocol: 'udp', application: 'stream' },
    ],
    steer: 'direct',
    failover: 2,
    policy: { pin: [], exclude: ['oslo'], weights: { berlin: 2 }, by: 'delay' },
  });
});

test.each([
  ['ports: [80, "81:80", "53:53/udp", "7:7/sctp"]', ['tcp-80 80', 'udp-53 53']],
  ['ports: [{ target: 80, name: page, app_protocol: http }]', ['page 80 http']],
  ['expose: ["80", "9000-9001/udp"]', ['tcp-80 80', 'udp-9000 9000', 'udp-9001 9001']],
  ['expose: ["90"]\nports: ["80"]', ['tcp-80 80']],
])('of a service with %s the ports are known', (keys, ports) => {
  const told = inProject(`${keys}\nx-heddle: { edge: true }`)?.ports ?? [];
  const texts = told.map(({ name, port, application }) => `${name} ${port} ${application}`);
  expect(texts.map((text) => text.replace(' stream', ''))).toEqual(ports);
});

test('a later file says more, or takes it back; a variable decides it', () => {
  const first = 'services: { web: { image: a, ports: [80], x-heddle: { edge: true } } }';
  const files = ['a.yaml', 'b.yaml'];
  const then = (edge: string) =>
    application(
      { 'a.yaml': first, 'b.yaml': `services: { web: { x-heddle: { edge: ${edge} } } }` },
      { files, env: { NO: 'false', SECONDS: '3' } },
    ).services['web']?.edge;
  expect(then('{ steer: direct }')).toMatchObject({ name: 'web', steer: 'direct' });
  expect(then('{ failover: "${SECONDS}" }')).toMatchObject({ failover: 3 });
  expect(then('false')).toBeUndefined();
  expect(then('"${NO}"')).toBeUndefined();
});

test.each([
  [
    '{ edge: { stear: direct } }',
    /4:25.*edge.stear: Heddle does not know this key \(did you mean "steer"\?\)/,
  ],
  ['{ edge: { as: My_Web } }', /4:29.*edge.as: expected a DNS label/],
  ['{ edge: { ports: { http: { port: 0 } } } }', /edge.ports.http.port: expected a port from 1 to 65535/],
  ['{ edge: { ports: { HTTP: { port: 80 } } } }', /edge.ports.HTTP: expected a DNS label/],
  ['{ edge: { ports: { http: {} } } }', /edge.ports.http.port: .*is missing/],
  [
    '{ edge: { ports: { a: { port: 1, application: http, layer: 4 } } } }',
    /edge.ports.a.layer: HTTP is led on/,
  ],
  ['{ edge: { failover: 0 } }', /edge.failover: expected a number above 0/],
  ['{ edge: { policy: { by: size } } }', /edge.policy.by: expected delay or geography, got "size"/],
  ['{ edge: { policy: { pinn: [a] } } }', /edge.policy.pinn: .*did you mean "pin"\?/],
  ['{ edge: often }', /edge: expected a map, got "often"/],
])('x-heddle: %s is wrong', (text, message) =>
  expect(webErrors(`x-heddle: ${text}\nports: [80]`)).toEqual([expect.stringMatching(message)]),
);

test('what clients could not find or reach is an error that says what to do', () => {
  const text = `services:
  my_web: { image: a, ports: [80], x-heddle: { edge: { namespace: shop } } }
  web: { image: a, ports: [80], x-heddle: { edge: true } }
  api: { image: a, x-heddle: { edge: { namespace: shop } } }
  job: { image: a, network_mode: none, x-heddle: { edge: { namespace: shop, ports: {} } } }`;
  expect(errors(text, { projectName: 'my_shop' }).map((line) => line.replace(/.*x-heddle./, ''))).toEqual([
    'edge: "my_web" is no DNS label (give it another name: `as: NAME`)',
    'edge: the project\'s name "my_shop" is no DNS label (name another namespace: `namespace: NAME`)',
    'edge: the service says no port that clients would use (name one: `ports: { http: { port: 80 } }`)',
    'edge: with "network_mode: none" nobody finds an address of it',
  ]);
});
