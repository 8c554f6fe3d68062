import { expect, test } from 'vitest';
import { metricsText } from '../../lib/metrics/text.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { HopTelemetry, HopTraffic } from '../../networks/path/telemetry/status.ts';
import { hopFamilies } from './hop-families.ts';

const traffic: HopTraffic = {
  direction: 'in',
  entered: { packets: 10, bytes: 1000 },
  left: { packets: 8, bytes: 800 },
  lost: 2,
  lostBefore: 0,
  delay: {
    samples: 3,
    sum: 30,
    mean: 10,
    p50: 9,
    p90: 12,
    p99: 12,
    buckets: [{ upTo: 8.192, count: 1 }],
  },
  hop: { samples: 2, sum: 0.8, mean: 0.4 },
  queue: { kind: 'tbf', packets: 4, bytes: 400, drops: 1 },
  note: null,
};
const unknown: HopTraffic = {
  ...traffic,
  direction: 'out',
  entered: null,
  left: null,
  lost: null,
  lostBefore: null,
  delay: null,
  hop: null,
  queue: null,
  note: 'bypassed: it does not run',
};
const chain = (name: string, telemetry: readonly HopTelemetry[]) =>
  ({ chain: name, pods: [{ pod: 'db-1', telemetry }] }) as unknown as ChainStatus;
const linesOf = async (...chains: ChainStatus[]) =>
  (await metricsText(hopFamilies, { chains }, {})).split('\n').filter((line) => !line.startsWith('#'));

test('what passes a function is told for each direction, and what is not known is left out', async () => {
  const labels = 'chain="front",pod="db-1",function="ids-1",direction="in"';
  const lines = await linesOf(
    chain('front', [{ function: 'ids-1', shared: false, traffic: [traffic, unknown] }]),
  );
  expect(lines).toEqual([
    `heddle_chain_hop_packets_total{${labels},end="entry"} 10`,
    `heddle_chain_hop_packets_total{${labels},end="exit"} 8`,
    `heddle_chain_hop_bytes_total{${labels},end="entry"} 1000`,
    `heddle_chain_hop_bytes_total{${labels},end="exit"} 800`,
    `heddle_chain_hop_delay_seconds_bucket{${labels},le="0.000008192"} 1`,
    `heddle_chain_hop_delay_seconds_bucket{${labels},le="+Inf"} 3`,
    `heddle_chain_hop_delay_seconds_sum{${labels}} 0.00003`,
    `heddle_chain_hop_delay_seconds_count{${labels}} 3`,
    `heddle_chain_hop_link_seconds_bucket{${labels},le="+Inf"} 2`,
    `heddle_chain_hop_link_seconds_sum{${labels}} 8e-7`,
    `heddle_chain_hop_link_seconds_count{${labels}} 2`,
    `heddle_chain_hop_queue_packets{${labels}} 4`,
    `heddle_chain_hop_queue_bytes{${labels}} 400`,
    `heddle_chain_hop_queue_drops_total{${labels}} 1`,
    '',
  ]);
});

test('what all traffic of a pod passes is told once, of no chain', async () => {
  const fw = { function: 'fw-1', shared: true, traffic: [traffic] };
  const lines = await linesOf(chain('front', [fw]), chain('back', [fw]));
  expect(lines.filter((line) => line.includes('end="entry"'))).toEqual([
    'heddle_chain_hop_packets_total{chain="",pod="db-1",function="fw-1",direction="in",end="entry"} 10',
    'heddle_chain_hop_bytes_total{chain="",pod="db-1",function="fw-1",direction="in",end="entry"} 1000',
  ]);
});
