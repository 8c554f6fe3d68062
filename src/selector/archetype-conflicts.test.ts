import { expect, test } from 'vitest';
import { describeText } from '../../test/support/compose.ts';
import { archetypes } from '../networks/archetypes.ts';
import { archetypeConflicts } from './archetype-conflicts.ts';

const conflicts = (service: string, networks: string) =>
  archetypeConflicts(
    describeText(`services:\n  web: { image: nginx, ${service} }\nnetworks:\n  ${networks}\n`),
    archetypes,
  ).map(({ code, message, at }) => `${at?.line} ${code} ${message}`);
const ip = 'lab: { x-heddle: { archetype: ip } }';

test('what is there and can be made is no conflict', () => {
  expect(conflicts('networks: [lab], ports: ["80:80", "90:90/sctp"]', ip)).toEqual([]);
  expect(conflicts('networks: [lab], ports: ["80", "127.0.0.1:8-9:80"], dns: [192.0.2.1]', ip)).toEqual([]);
  expect(conflicts('networks: [lab]', 'lab: { x-heddle: { archetype: sdn, vlan: 12 } }')).toEqual([]);
  const small = 'lab: { driver_opts: { com.docker.network.driver.mtu: 1450 }, x-heddle: { archetype: ip } }';
  expect(conflicts('networks: [lab]', small)).toEqual([]);
  expect(conflicts('networks: [lab], ports: ["80"]', 'lab: { x-heddle: { archetype: engine } }')).toEqual([]);
});

test.each([
  [
    'networks: [lab]',
    'lab: { x-heddle: { archetype: ipx } }',
    '4 ERR_ARCHETYPE_UNKNOWN',
    'there are linux, ip,',
  ],
  [
    'networks: [lab]',
    'lab: { x-heddle: { options: { dhcp: true } } }',
    '4 ERR_COMPOSE_CONFLICT',
    'of an archetype',
  ],
  ['networks: [lab]', 'lab: { x-heddle: { vlan: 12 } }', '4 ERR_COMPOSE_CONFLICT', 'no way to other hosts'],
  [
    'networks: [lab]',
    'lab: { x-heddle: { archetype: ip, program: own } }',
    '4 ERR_COMPOSE_CONFLICT',
    'x-heddle.program: its frames pass no edge',
  ],
  [
    'networks: [lab]',
    'lab: { driver: bridge, x-heddle: { archetype: ip } }',
    '4 ERR_COMPOSE_CONFLICT',
    'driver',
  ],
  [
    'networks: [lab]',
    'lab: { driver_opts: { com.docker.network.bridge.name: br0 }, x-heddle: { archetype: ip } }',
    '4 ERR_COMPOSE_CONFLICT',
    'networks.lab.driver_opts.com.docker.network.bridge.name: it is of ip',
  ],
  [
    'networks: [lab]',
    'lab: { driver_opts: { mtu: 9 }, x-heddle: { archetype: ip } }',
    '4 ERR_COMPOSE_TYPE',
    'an MTU of 1280 to 65535',
  ],
  [
    'networks: [lab]',
    'lab: { x-heddle: { archetype: ip, options: { dhpc: true } } }',
    '4 ERR_COMPOSE_TYPE',
    'dhpc',
  ],
  [
    'networks: [lab]',
    'lab: { internal: true, x-heddle: { archetype: linux } }',
    '4 ERR_COMPOSE_TYPE',
    'internal',
  ],
  ['networks: [lab, back]', `${ip}\n  back: {}`, '2 ERR_COMPOSE_UNSUPPORTED', 'networks of one of the two'],
  ['networks: [lab], ports: ["[::1]:80:80"]', ip, '2 ERR_COMPOSE_UNSUPPORTED', 'takes no answer'],
  ['networks: [lab]', 'lab: { x-heddle: { vlan: 12 } }', '4 ERR_COMPOSE_CONFLICT', 'no way to other hosts'],
  [
    'networks: [lab], ports: ["80:80"]',
    'lab: { internal: true, x-heddle: { archetype: ip } }',
    '2 ERR_COMPOSE_CONFLICT',
    'nothing comes in',
  ],
  [
    'networks: [lab], ports: ["80:80"]',
    'lab: { x-heddle: { archetype: ip, options: { internal: true } } }',
    '2 ERR_COMPOSE_CONFLICT',
    'nothing comes in',
  ],
  [
    'networks: { lab: { ipv4_address: 10.0.0.1 } }',
    'lab: { x-heddle: { archetype: linux } }',
    '2 ERR_COMPOSE_CONFLICT',
    'no addresses',
  ],
  [
    'networks: [lab], dns: [192.0.2.1]',
    'lab: { internal: true, x-heddle: { archetype: ip } }',
    '2 ERR_COMPOSE_CONFLICT',
    'nobody is asked',
  ],
  [
    'networks: [lab], dns: [192.0.2.1]',
    'lab: { x-heddle: { archetype: etarch } }',
    '2 ERR_COMPOSE_CONFLICT',
    'nobody is asked',
  ],
])('is refused with its place: %s on %s', (service, networks, begin, words) => {
  const found = conflicts(service, networks);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${begin}`));
  expect(found[0]).toContain(words);
});
