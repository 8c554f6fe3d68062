import { expect, test } from 'vitest';
import { measuredFamilies } from './measured-families.ts';

test('what was measured is there in bits and seconds, and nothing for what was not', () => {
  const at = '2026-01-01T00:00:00Z';
  const networks = [
    { name: 'ip', bandwidth: 5e9, p99: 250 },
    { name: 'overlay', bandwidth: 1e9, p99: null },
  ];
  const values = measuredFamilies.map((family) => ({
    [family.name]: 'values' in family ? [...family.values([{ at, node: null, networks }])] : [],
  }));
  expect(Object.assign({}, ...values)).toEqual({
    heddle_network_measured_bits_per_second: [
      { labels: { archetype: 'ip', to: '' }, value: 5e9 },
      { labels: { archetype: 'overlay', to: '' }, value: 1e9 },
    ],
    heddle_network_measured_p99_seconds: [{ labels: { archetype: 'ip', to: '' }, value: 0.00025 }],
    heddle_network_measured_timestamp_seconds: [{ labels: { to: '' }, value: Date.parse(at) / 1000 }],
  });
});
