import { expect, test } from 'vitest';
import { networkOptions } from './options.ts';
import { type OverlayNetwork, settleVni } from './vni.ts';

const network = (name: string, vni?: number): OverlayNetwork => ({
  name,
  archetype: 'overlay',
  id: name,
  mtu: 1500,
  labels: {},
  options: networkOptions.parse(vni === undefined ? {} : { vni }),
});

test('a network has an id that no other has, and keeps it', () => {
  const others = [network('a', 4096), network('b', 4098)];
  expect(settleVni(network('lab'), others, undefined).vni).toBe(4097);
  expect(settleVni(network('lab'), others, network('lab', 5000)).vni).toBe(5000);
  expect(settleVni(network('lab', 7000), others, network('lab', 5000)).vni).toBe(7000);
});

test('an id that another has is refused, with whose it is', () => {
  expect(() => settleVni(network('lab', 4098), [network('b', 4098)], undefined)).toThrow(
    expect.objectContaining({ message: 'network lab: options.vni: 4098 is that of network b' }),
  );
  expect(networkOptions.safeParse({ vni: 100 }).success).toBe(false);
});
