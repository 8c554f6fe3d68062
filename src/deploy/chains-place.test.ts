import { expect, test } from 'vitest';
import type { Probe } from '../descriptor/chain.ts';
import { probeOf } from './chains-place.ts';

const tcp = (port: number): Probe => ({ protocol: 'tcp', port });

test('a probe is of the chain’s own traffic', () => {
  expect(probeOf([{ protocol: 'udp', from: 53, to: 60 }], [[tcp(80)]])).toEqual({
    protocol: 'udp',
    port: 53,
  });
});

test('where that is everything, it is what all of its functions let pass', () => {
  expect(probeOf([], [])).toEqual({ protocol: 'icmp' });
  expect(probeOf([], [[], [tcp(80), tcp(90)], [tcp(90)]])).toEqual(tcp(90));
  expect(probeOf([], [[tcp(80)], [tcp(90)]])).toEqual(tcp(80));
});
