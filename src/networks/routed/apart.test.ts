import { expect, test } from 'vitest';
import { apartOf } from './apart.ts';
import { routingSettings } from './settings.ts';

const uplink = { interface: 'eth1', inet: '192.0.2.1', mtu: 1500, isEthernet: true };
const subnets = ['10.9.0.0/24', 'fd09::/64'];

test('a family that the uplink has no address of stays on its host', () => {
  const alone = routingSettings.parse({});
  expect(apartOf(uplink, alone, subnets)).toEqual({
    apart: 'fd09::/64: eth1 has no address of that family',
  });
  expect(apartOf({ ...uplink, inet6: 'fd00::1' }, alone, subnets)).toEqual({});
});

test('so does one that no router is spoken with by', () => {
  const routed = routingSettings.parse({ routers: [{ address: 'fd00::fe', as: 65_001 }] });
  expect(apartOf(uplink, routed, subnets)).toEqual({
    apart: '10.9.0.0/24: no router has an address of that family',
  });
});
