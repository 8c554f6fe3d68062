import { expect, test } from 'vitest';
import { InvalidInput } from '../../lib/errors.ts';
import { parseSettings } from './parse.ts';

const wrong = (text: string) => {
  try {
    parseSettings(text, 'node.yaml');
  } catch (error) {
    if (error instanceof InvalidInput) return error.message.split('\n');
  }
  return [];
};

test('a file that says nothing is one of defaults', () => {
  for (const text of ['', '# nothing\n', '{}'])
    expect(parseSettings(text, 'node.yaml').settings).toEqual({
      doors: {},
      log: { level: 'info' },
      state: {},
      services: {},
      uplinks: {},
    });
});

test('what is said is kept, with defaults for the rest', () => {
  const { settings } = parseSettings(
    `name: node1
edge: { uplink: eth1, vlans: { first: 100, last: 199 } }
state:
  etcd: { endpoints: ["https://etcd1:2379"], ca: /etc/heddle/ca.pem }
services: { sdn: { process: own } }
`,
    'node.yaml',
  );
  expect(settings).toMatchObject({
    name: 'node1',
    edge: { driver: 'ebpf', uplink: 'eth1', vlans: { first: 100, last: 199 } },
    state: {
      etcd: { endpoints: ['https://etcd1:2379'], prefix: '/heddle/networks/', ca: '/etc/heddle/ca.pem' },
    },
    services: { sdn: { process: 'own' } },
  });
});

test('all that is wrong is said at once, each with its place', () => {
  expect(
    wrong(`name: no name
edge:
  driver: magic
  uplink: a-name-that-is-too-long
  vlans: { first: 9, last: 2 }
sate: {}
`),
  ).toEqual([
    expect.stringMatching(/^node\.yaml:1:7: error ERR_NODE_SETTINGS: name is the text "no name": /),
    expect.stringMatching(/^node\.yaml:3:11: .* edge\.driver has to be ebpf.*, not the text "magic"/),
    expect.stringMatching(/^node\.yaml:4:11: .* edge\.uplink is the text /),
    expect.stringMatching(/^node\.yaml:5:10: .* edge\.vlans .* first is above last/),
    expect.stringMatching(/^node\.yaml:6:7: .* the file has the key "sate", which there is not/),
  ]);
});

test('the edge’s options are those of its driver', () => {
  const { settings } = parseSettings(
    'edge: { driver: vxlan, uplink: eth1, options: { peers: [192.0.2.1, 192.0.2.2] } }',
    'node.yaml',
  );
  expect(settings.edge?.options).toEqual({ peers: ['192.0.2.1', '192.0.2.2'] });
  expect(wrong('edge: { driver: vxlan, uplink: eth1, options: { peers: [192.0.2.1, here] } }')).toEqual([
    expect.stringContaining('is no IP address'),
  ]);
  const learning = 'edge: { driver: vxlan, uplink: eth1 }';
  expect(wrong(learning)).toEqual([
    expect.stringMatching(/edge\.options\.peers is missing: without it, .* from an etcd that they share/),
  ]);
  const shared = `${learning}\nstate: { etcd: { endpoints: ['http://192.0.2.9:2379'] } }`;
  expect(parseSettings(shared, 'node.yaml').settings.edge?.options).toEqual({});
  expect(wrong('edge: { uplink: eth1, options: { peers: [192.0.2.1] } }')).toHaveLength(1);
  expect(wrong('edge: { driver: ethernet, uplink: eth1 }')).toHaveLength(1);
});

test('the API is listened for at an address with a port, and with all that TLS needs', () => {
  const said = (listen: string) => `api: { listen: "${listen}", cert: /c, key: /k, ca: /a }`;
  expect(parseSettings(said('[::1]:9851'), 'node.yaml').settings.api).toMatchObject({ listen: '[::1]:9851' });
  for (const listen of [
    '10.0.0.1',
    'localhost:9851',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '[10.0.0.1]:1',
    '::1:9851',
  ])
    expect(wrong(said(listen))).toEqual([expect.stringContaining('is no address with a port')]);
  expect(wrong('api: { listen: "10.0.0.1:9851" }')).toHaveLength(3);
});

test('a service that there is not is named, with those that there are', () => {
  expect(wrong('services: { magic: {} }')).toEqual([
    expect.stringMatching(/^node\.yaml:1:\d+: .* services\.magic: there is no such service, but linux, ip/),
  ]);
});

test('links need a site, a state that is shared, and an edge that travels over IP', () => {
  const wan = 'wan: { uplinks: [{ interface: eth1 }, { interface: lte0, cost: 100 }] }';
  const shared = "state: { etcd: { endpoints: ['http://192.0.2.9:2379'] } }";
  expect(parseSettings(`site: berlin\n${wan}\n${shared}`, 'node.yaml').settings.wan).toMatchObject({
    kind: 'wireguard',
    interface: 'hwan0',
    uplinks: [
      { interface: 'eth1', network: 'internet', cost: 0 },
      { interface: 'lte0', cost: 100 },
    ],
  });
  expect(wrong(wan)).toEqual([
    expect.stringContaining('links need the site that this host is at'),
    expect.stringContaining('links need the state in which nodes find each other'),
  ]);
  expect(wrong(`site: berlin\n${wan}\n${shared}\nedge: { uplink: hwan0 }`)).toEqual([
    expect.stringMatching(/edge\.driver .*over links, networks are joined by the driver vxlan/),
  ]);
  expect(wrong(`site: Berlin\nwan: { uplinks: [], rotateKeys: 1s }\n${shared}`)).toHaveLength(3);
});

test('links that are plain have one uplink, and pass no router', () => {
  const shared = "site: berlin\nstate: { etcd: { endpoints: ['http://192.0.2.9:2379'] } }";
  expect(
    wrong(
      `${shared}\nwan: { kind: plain, uplinks: [{ interface: eth1, gateway: 192.0.2.254 }, { interface: lte0 }] }`,
    ),
  ).toEqual([
    expect.stringMatching(/wan\.uplinks\.1 .*are on one Ethernet, and have one uplink/),
    expect.stringMatching(/wan\.uplinks\.0\.gateway .*pass no router/),
  ]);
});

test('what is no YAML is said with its place', () => {
  expect(wrong('edge: {')[0]).toMatch(/^node\.yaml:\d+:\d+: error ERR_YAML_SYNTAX/);
});
