import { describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { seriesOf } from '../monitor/metrics/family.ts';
import { chainOf } from '../selector/led.ts';
import { families as firewall } from './firewall/metrics.ts';
import { families as flows } from './flows/metrics.ts';
import { families as inspection } from './inspection/metrics.ts';
import type { DelayFigures, LatencyRecord } from './latency/contract.ts';
import { families as latency } from './latency/metrics.ts';
import { families as shaper } from './shaper/metrics.ts';
import { families as snmp } from './snmp/metrics.ts';

const figures: DelayFigures = { min: 1, mean: 2, median: 2, p90: 3, p99: 4, max: 5, jitter: null };
const measured: LatencyRecord = {
  from: 'web',
  to: 'db',
  first: null,
  last: null,
  address: null,
  packets: { due: 4, sent: 4, received: 3, lost: 1, lostSending: 1, lostReturning: 0 },
  loss: 25,
  sendDelay: figures,
  receiveDelay: null,
  roundTrip: null,
  clockErrorBound: { milliseconds: 2, basis: 'same clock', reason: '' },
  objective: [
    { figure: 'p99', limit: 3, observed: 4, met: false },
    { figure: 'loss', limit: 1, observed: null, met: null },
  ],
  lastFailure: null,
};

describe('what features measure is told in base units', () => {
  test('delays in seconds, loss as a ratio, verdicts as 0 and 1 where they are decided', () => {
    const [delay, clock, loss, met] = seriesOf(latency, [measured]);
    const labels = { from: 'web', to: 'db' };
    expect(delay?.values).toContainEqual({
      labels: { ...labels, direction: 'send', figure: 'p99' },
      value: 0.004,
    });
    expect(delay?.values).toHaveLength(5);
    expect(clock?.values).toEqual([{ labels, value: 0.002 }]);
    expect(loss?.values).toEqual([{ labels, value: 0.25 }]);
    expect(met?.values).toEqual([{ labels: { ...labels, figure: 'p99' }, value: 0 }]);
  });

  test('of what was not measured there is nothing', () => {
    const nothing = { ...measured, loss: null, sendDelay: null, clockErrorBound: null, objective: [] };
    expect(seriesOf(latency, [nothing]).flatMap(({ values }) => values)).toEqual([]);
  });

  test('talkers by the second, over the minute that they were seen in', () => {
    const pair = { source: 'web', destination: 'db', flows: 1, packets: 6, bytes: 600, first: '', last: '' };
    expect(seriesOf(flows, [pair]).map(({ name, values }) => [name, values[0]?.value])).toEqual([
      ['heddle_flows_bytes_per_second', 10],
      ['heddle_flows_packets_per_second', 0.1],
    ]);
  });

  test('a rule of a firewall by its direction and verdict', () => {
    const labels = {
      service: 'db',
      pod: 'p',
      chain: 'front',
      direction: 'ingress',
      rule: '80/tcp',
      verdict: 'drop',
    } as const;
    expect(seriesOf(firewall, [{ ...labels, packets: 2, bytes: 90 }]).map(({ values }) => values)).toEqual([
      [{ labels, value: 2 }],
      [{ labels, value: 90 }],
    ]);
  });

  test('a function of a chain apart from that of the service itself', () => {
    const spec = specOf(`
services: { web: { image: a }, db: { image: b, x-heddle: { manage: { shaper: { ingress: 1mbit }, firewall: true, inspection: true } } } }
x-heddle: { chains: [{ name: front, from: web, to: db, through: [{ shaper: { ingress: 1mbit } }, { firewall: true }, { inspection: true }] }] }`);
    const chained = spec.pods.flatMap(({ name, function: fn }) =>
      fn ? [[fn.kind, chainOf(spec, name)]] : [],
    );
    expect(chained.map((one) => one.join(' ')).sort()).toEqual([
      'firewall ',
      'firewall front',
      'inspection ',
      'inspection front',
      'shaper ',
      'shaper front',
    ]);
    const queue = {
      service: 'db',
      pod: 'p',
      direction: 'ingress',
      rate: 1,
      packets: 1,
      bytes: 1,
      dropped: 0,
      waiting: 0,
    } as const;
    const report = { service: 'db', pod: 'p', since: '', missed: 1, applications: [] };
    const [shaped] = seriesOf(
      shaper,
      ['', 'front'].map((chain) => ({ ...queue, chain })),
    );
    const inspected = seriesOf(
      inspection,
      ['', 'front'].map((chain) => ({ ...report, chain })),
    );
    for (const series of [shaped, inspected.at(-1)])
      expect(series?.values.map(({ labels }) => labels['chain'])).toEqual(['', 'front']);
  });

  test('an interface by its name, each way', () => {
    const one = {
      service: 'web',
      pod: 'p',
      index: 1,
      name: 'eth0',
      mac: null,
      mtu: 1500,
      speed: 0,
      admin: 'up',
      oper: 'up',
      management: false,
      in: { bytes: 1, packets: 2, discards: 0, errors: 0 },
      out: { bytes: 3, packets: 4, discards: 0, errors: 0 },
    } as const;
    expect(seriesOf(snmp, [one]).map(({ name, values }) => [name, values[0]])).toEqual(
      Object.entries({ sent_bytes: 3, received_bytes: 1, sent_packets: 4, received_packets: 2 }).map(
        ([what, value]) => [
          `heddle_interface_${what}_total`,
          { labels: { service: 'web', pod: 'p', interface: 'eth0' }, value },
        ],
      ),
    );
  });
});
