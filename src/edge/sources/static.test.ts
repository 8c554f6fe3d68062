import { expect, test } from 'vitest';
import { readEdgeFile } from './static.ts';

const places = `
sites: { berlin: { gateway: [10.2.0.1] } }
nodes: { b1: { site: berlin, addresses: [10.2.0.11] } }
`;
const read = (text: string) => readEdgeFile(places + text, 'edge.yaml');
const copy = '{ node: b1, address: 10.2.9.1 }';

test('one name may stand for services of several namespaces', () => {
  const { services } = read(`services: { shop/web: { ports: {} }, web: { ports: {}, copies: [${copy}] } }`);
  expect(Object.keys(services)).toEqual(['shop/web', 'default/web']);
  expect(services['default/web']).toMatchObject({ name: 'web', copies: [{ id: 'web-1' }] });
});

test.each([
  [
    'a service twice',
    'services: { shop/web: { ports: {} }, web: { namespace: shop, ports: {} } }',
    /services\.web: is the service shop\/web, as is "shop\/web"/,
  ],
  [
    'a namespace twice',
    'services: { shop/web: { namespace: shop, ports: {} } }',
    /namespace: its name says the namespace already/,
  ],
  [
    'a copy twice',
    `services: { web: { ports: {}, copies: [${copy}, { id: web-1, node: b1, address: 10.2.9.2 }] } }`,
    /copies\.1: there is a copy "web-1" already/,
  ],
  [
    'a name that is no DNS label',
    'services: { Web_1: { ports: {} } }',
    /edge\.yaml:4:\d+: .*services\.Web_1: .*small letters, digits and hyphens/,
  ],
  [
    'a node that is not there',
    'services: { web: { ports: {}, copies: [{ node: b2, address: 10.2.9.1 }] } }',
    /b1/,
  ],
])('%s is an error', (_, text, message) => expect(() => read(text)).toThrow(message));

test('two sites have no gateway in common', () => {
  const sites = 'sites: { berlin: { gateway: ["fd00::1"] }, oslo: { gateway: [10.1.0.1, "fd00:0::1"] } }';
  expect(() => readEdgeFile(sites, 'edge.yaml')).toThrow(
    /oslo\.gateway\.1: fd00:0::1 is the gateway of berlin/,
  );
});

test('what namespaces may publish is read, and what is wrong with it has its place', () => {
  const rules =
    'sites: {}\npublish:\n  shop: true\n  team-*: { names: [], ports: [80, 7000-7010/tcp] }\n  "*": false\n';
  expect(readEdgeFile(rules, 'edge.yaml').publish).toEqual({
    shop: {},
    'team-*': {
      names: [],
      ports: [
        { first: 80, last: 80, text: '80' },
        { first: 7000, last: 7010, protocol: 'tcp', text: '7000-7010/tcp' },
      ],
    },
    '*': { isRefused: true },
  });
  const wrong =
    'sites: {}\npublish:\n  a: yes please\n  b: { ports: [80/sctp] }\n  c: { prots: [80] }\n  D*x: true\n';
  expect(() => readEdgeFile(wrong, 'edge.yaml')).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /edge.yaml:3:\d+: .*publish.a: expected true, false, or.*edge.yaml:4:\d+: .*publish.b.ports.0: expected a port such as.*edge.yaml:5:\d+: .*publish.c: .*prots.*edge.yaml:6:\d+: .*publish.D\*x: expected NAME, NAME-\* or \*/s,
      ),
    }),
  );
});
