import { expect, test } from 'vitest';
import { application, errors, webFile } from '../memory-files.ts';

const networks = (definition: string) =>
  application(webFile('networks: [n]', `networks: { n: ${definition} }`)).networks['n'];

const PLAIN = {
  key: 'n',
  name: 'app_n',
  external: false,
  driverOptions: {},
  internal: false,
  ipv4: true,
  ipv6: false,
  ipam: [],
  labels: {},
};

test('a network bears the name of its project', () => {
  expect(networks('')).toEqual(PLAIN);
  expect(networks('{ name: other }')).toEqual({ ...PLAIN, name: 'other' });
});

test('an external network keeps its name', () => {
  expect(networks('{ external: true }')).toEqual({ ...PLAIN, name: 'n', external: true });
  expect(networks('{ external: { name: x } }')).toEqual({ ...PLAIN, name: 'x', external: true });
});

test('everything about a network', () => {
  expect(
    networks(`{ driver: bridge, driver_opts: { mtu: 1400 }, internal: true, attachable: true, enable_ipv4: false,
      ipam: { config: [{ subnet: 10.1.0.0/16, gateway: 10.1.0.1, ip_range: 10.1.1.0/24 }, { subnet: "fd00:1::/64" }] },
      labels: [a=b], x-heddle: {} }`),
  ).toEqual({
    ...PLAIN,
    driver: 'bridge',
    driverOptions: { mtu: '1400' },
    internal: true,
    ipv4: false,
    ipv6: true,
    ipam: [{ subnet: '10.1.0.0/16', gateway: '10.1.0.1', ipRange: '10.1.1.0/24' }, { subnet: 'fd00:1::/64' }],
    labels: { a: 'b' },
  });
});

test('networks of an archetype', () => {
  expect(
    networks('{ x-heddle: { archetype: ip, options: { dhcp: true }, vlan: 12, program: own } }'),
  ).toEqual({
    ...PLAIN,
    archetype: 'ip',
    archetypeOptions: { dhcp: true },
    vlan: 12,
    program: 'own',
  });
  expect(errors(webFile('', 'networks: { n: { x-heddle: { archetype: I_P } } }'))).toEqual([
    'compose.yaml:5:41: error ERR_COMPOSE_TYPE: networks.n.x-heddle.archetype: expected the name of an archetype, such as ip, or auto',
  ]);
});

test('malformed networks', () => {
  expect(
    errors(
      webFile(
        '',
        'networks: { n: { ipam: { config: [{ subnet: 10.0.0.0/40 }] }, x-heddle: { archtype: x } } }',
      ),
    ),
  ).toEqual([
    'compose.yaml:5:45: error ERR_COMPOSE_TYPE: networks.n.ipam.config[0].subnet: expected a subnet such as 10.1.0.0/16 or fd00:1::/64',
    'compose.yaml:5:75: error ERR_COMPOSE_UNKNOWN_KEY: networks.n.x-heddle.archtype: Heddle does not know this key (did you mean "archetype"?)',
  ]);
});

test('the default network is there when a service uses it', () => {
  expect(Object.keys(application(webFile('init: true')).networks)).toEqual(['default']);
  expect(
    application(webFile('init: true', 'networks: { default: { name: x } }')).networks['default']?.name,
  ).toBe('x');
  expect(application(webFile('network_mode: none')).networks).toEqual({});
});

test('volumes that are used', () => {
  const text = webFile(
    'volumes: ["v:/v", "e:/e"]',
    'volumes: { v: { driver: local, driver_opts: { type: none, o: bind, device: ./d }, labels: { a: 1 } }, e: { external: true }, unused: }',
  );
  expect(application(text).volumes).toEqual({
    v: {
      key: 'v',
      name: 'app_v',
      external: false,
      driver: 'local',
      driverOptions: { type: 'none', o: 'bind', device: '/app/d' },
      labels: { a: '1' },
    },
    e: { key: 'e', name: 'e', external: true, driverOptions: {}, labels: {} },
  });
});
