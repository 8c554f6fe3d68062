import { expect, test } from 'vitest';
import { linux } from '../linux/linux.ts';
import { settleNetwork } from './network-kind.ts';

test('a network has the MTU of Ethernet, or what passes all edges where it is joined and that is less', () => {
  const mtuOf = (wish: object, largest?: number) => {
    const around = { taken: [], ...(largest !== undefined && { mtu: largest }) };
    const whole = { name: 'lab', archetype: 'linux', ...wish };
    return settleNetwork(linux, whole, 'id', [], around, undefined).mtu;
  };
  expect(mtuOf({ vlan: 7 })).toBe(1500);
  expect(mtuOf({ vlan: 7 }, 1370)).toBe(1370);
  expect(mtuOf({ vlan: 7 }, 8950)).toBe(1500);
  // Not by way of the edge.
  expect(mtuOf({}, 1370)).toBe(1500);
  // Which the edge refuses, and says why.
  expect(mtuOf({ vlan: 7 }, 1000)).toBe(1280);
  expect(mtuOf({ vlan: 7, mtu: 1500 }, 1370)).toBe(1500);
});
