import { expect, test } from 'vitest';
import { probesOf } from './probes.ts';

const rule = (...ports: { protocol: 'tcp' | 'udp' | 'sctp' | 'icmp'; from?: number; to?: number }[]) => ({
  ports,
  peers: [],
});

test('a probe is of what rules let pass', () => {
  const tcp = { protocol: 'tcp', from: 80, to: 90 } as const;
  expect(probesOf([rule(tcp), rule({ protocol: 'icmp' }, { protocol: 'sctp', from: 5, to: 5 })])).toEqual([
    { protocol: 'tcp', port: 80 },
    { protocol: 'icmp' },
  ]);
});

test('where all may pass it may be anything', () => {
  expect(probesOf('allow')).toEqual([]);
  expect(probesOf([rule({ protocol: 'tcp', from: 80, to: 80 }), rule()])).toEqual([]);
});
