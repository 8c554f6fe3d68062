import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { endpointWishes, networkWish } from './network-wish.ts';

const { pods, networks } = specOf(`
services:
  web:
    image: nginx
    ports: ["127.0.0.1:8080:80", "53:53/udp", "81"]
    dns: [192.0.2.1]
    networks:
      back: { priority: 9 }
      lab: { aliases: [front], ipv4_address: 10.9.0.7, mac_address: 02:AA:00:00:00:01 }
networks:
  back: { x-heddle: { archetype: ip, options: { internal: true } } }
  lab:
    enable_ipv6: true
    ipam: { config: [{ subnet: 10.9.0.0/24, gateway: 10.9.0.254, ip_range: 10.9.0.128/25 }] }
    labels: { owner: me }
    driver_opts: { com.docker.network.driver.mtu: 1450 }
    x-heddle: { archetype: ip, options: { dhcp: true }, vlan: 12, program: own }
`);

test('what Compose says of a network is what its service is told', () => {
  const [back, lab] = ['shop_back', 'shop_lab'].map((name) => networks.find((one) => one.name === name)!);
  expect(networkWish(back!, {})).toEqual({
    name: 'shop_back',
    archetype: 'ip',
    labels: {},
    options: { internal: true },
  });
  expect(networkWish(lab!, { ours: 'x' })).toEqual({
    name: 'shop_lab',
    archetype: 'ip',
    mtu: 1450,
    vlan: 12,
    program: 'own',
    labels: { owner: 'me', ours: 'x' },
    options: {
      subnets: [{ subnet: '10.9.0.0/24', gateway: '10.9.0.254', range: '10.9.0.128/25' }],
      ipv6: true,
      dhcp: true,
    },
  });
});

test('what is published, and the way out, are on the first network that is not internal', () => {
  expect(Object.fromEntries(endpointWishes(pods[0]!, networks))).toEqual({
    shop_back: {
      name: 'shop-web-1',
      interface: 'eth0',
      options: { aliases: ['web'], defaultRoute: false },
    },
    shop_lab: {
      name: 'shop-web-1',
      interface: 'eth1',
      mac: '02:aa:00:00:00:01',
      options: {
        namesOf: ['shop_back'],
        addresses: ['10.9.0.7'],
        aliases: ['web', 'front'],
        ports: [
          { port: 80, published: 8080, protocol: 'tcp', address: '127.0.0.1' },
          { port: 53, published: 53, protocol: 'udp' },
          { port: 81, protocol: 'tcp' },
        ],
        dns: ['192.0.2.1'],
      },
    },
  });
});

const several = specOf(`
services:
  web: { image: nginx, networks: [back, wire, lab, plain] }
networks:
  back: { internal: true, x-heddle: { archetype: ip } }
  wire: { x-heddle: { archetype: linux } }
  lab: { x-heddle: { archetype: sdn } }
  plain: { x-heddle: { archetype: ip, options: { names: false } } }
`);

test('who is on several networks asks one name server, which knows the names of all that have any', () => {
  const wishes = endpointWishes(several.pods[0]!, several.networks);
  expect([...wishes].map(([network, { options }]) => [network, options?.['namesOf']])).toEqual(
    expect.arrayContaining([
      ['shop_back', undefined],
      ['shop_wire', undefined],
      ['shop_lab', ['shop_back']],
      ['shop_plain', undefined],
    ]),
  );
});
