import { expect, test } from 'vitest';
import { sendingOf } from './packet.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

const network = (more: object = {}) =>
  ({
    name: 'lab',
    options: {
      internal: false,
      subnets: [
        { subnet: '10.1.0.0/24', gateway: '10.1.0.1' },
        { subnet: 'fd00::/64', gateway: 'fd00::1' },
      ],
      ...more,
    },
  }) as unknown as IpNetwork;
const endpoint = (name: string, mac: string, addresses: string[], more: object = {}) =>
  ({
    name,
    mac,
    network: 'lab',
    attachment: { kind: 'namespace', path: '/run/netns/x', interface: 'eth0' },
    options: { addresses, defaultRoute: true, ports: [], ...more },
  }) as unknown as IpEndpoint;
const a = endpoint('a', '02:00:00:00:00:0a', ['10.1.0.2', 'fd00::2']);
const b = endpoint('b', '02:00:00:00:00:0b', ['10.1.0.3']);
const next = (to: string | undefined, more: object = {}, of = network()) =>
  sendingOf({ from: 'a', ...(to !== undefined && { to }), ...more }, of, [a, b]);

test.each([
  ['an endpoint by its name', 'b', b.mac],
  ['an endpoint by its address', '10.1.0.3', b.mac],
  ['the gateway', '10.1.0.1', '10.1.0.1'],
  ['the gateway, for what is elsewhere', '8.8.8.8', '10.1.0.1'],
  ['the gateway of the family', '2001:db8::1', 'fd00::1'],
  ['many, of a group', '224.0.0.251', '01:00:5e:00:00:fb'],
  ['many, of a group of IPv6', 'ff02::1:ff00:2', '33:33:ff:00:00:02'],
  ['all of the subnet', '10.1.0.255', 'ff:ff:ff:ff:ff:ff'],
  ['a MAC address', '02:00:00:00:00:99', '02:00:00:00:00:99'],
])('it is given to %s', (_, to, wanted) => {
  expect(next(to).next).toBe(wanted);
});

test.each([
  ['10.1.0.77', {}, 'nobody has 10.1.0.77 on lab'],
  ['8.8.8.8', { internal: true }, 'lab is internal'],
  ['fd00::3', {}, 'nobody has fd00::3 on lab'],
])('it is never sent to %s of %j', (to, options, why) => {
  const { next: to_, step } = next(to, {}, network(options));
  expect(to_).toBeUndefined();
  expect(step.rule).toContain(why);
});

test('who is on another host is answered for by this one, where its routes lead there', () => {
  const far = { ...b, attachment: { kind: 'remote', node: 'two' } } as IpEndpoint;
  const to = (of: IpNetwork) => sendingOf({ from: 'a', to: 'b' }, of, [a, far]).next;
  expect(to(network())).toBe(b.mac);
  expect(to(network({ routed: true }))).toBe('10.1.0.1');
});

test('what is not IP goes to who is named, and the packet is not one', () => {
  expect(next('b', { etherType: 0x0880 })).toMatchObject({ next: b.mac, etherType: 0x0880 });
  expect(next('b', { etherType: 0x0880 }).packet).toBeUndefined();
});

test('a word that means nobody is refused', () => {
  expect(() => next('nobody')).toThrow(expect.objectContaining({ code: 'ERR_RESOURCE_INVALID' }));
});
