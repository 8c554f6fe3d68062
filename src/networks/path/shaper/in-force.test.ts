import { describe, expect, test } from 'vitest';
import { inForce, type ListedRules, type Qdisc } from './in-force.ts';
import { parseShaper } from './parse.ts';
import { gateFile, limitsFile, renderLimits } from './render.ts';

const { settings } = parseShaper({ ingress: '10mbit', egress: '2mbit' });
const files = renderLimits(settings, 'd1');
/** What nft lists of rules that were loaded, once the ports are let through to. */
const listed = (text = '', passable: readonly string[] = ['i-2', 'o-2']): ListedRules[] => [
  ...[...text.matchAll(/chain (\w+)/g)].map(([, name = '']) => ({
    chain: { family: 'bridge', table: 'heddle', name },
  })),
  { set: { family: 'bridge', table: 'heddle', name: 'limited', elem: passable } },
];
const tbf = (dev: string, rate: number): Qdisc => ({
  kind: 'tbf',
  dev,
  root: true,
  // As tc reads it back.
  options: { rate, burst: 65_535, lat: 50_001 },
});
const queues = [tbf('i-2', 1_250_000), tbf('o-2', 250_000)];
const links = ['lo', 'w-2', 'o-2', 'i-2'].map((ifname) => ({ ifname }));

describe('the limits of a shaper', () => {
  test('are what tc and nft are told', () => {
    expect(files[limitsFile]).toBe(
      'i tbf rate 1250000bps burst 65536b latency 50000us\no tbf rate 250000bps burst 65536b latency 50000us\n',
    );
    expect(files[gateFile]).toContain('policy drop');
    expect(files[gateFile]).not.toContain('oifname');
  });

  test('let a direction that has none pass', () => {
    const { settings: egressOnly } = parseShaper({ egress: '2mbit' });
    const rendered = renderLimits(egressOnly, 'd2');
    expect(rendered[limitsFile]).toBe('o tbf rate 250000bps burst 65536b latency 50000us\n');
    expect(rendered[gateFile]).toContain('oifname "i-*" accept');
    expect(inForce(listed(rendered[gateFile], ['o-2']), [tbf('o-2', 250_000)], links)).toBe('d2');
  });

  test('are in force when every port has its queue, and is let through to', () => {
    expect(inForce([], [], [])).toBeUndefined();
    expect(inForce(listed(files[gateFile]), queues, links)).toBe('d1');
    // Before there is a wire.
    expect(inForce(listed(files[gateFile], []), [], [{ ifname: 'lo' }])).toBe('d1');
  });

  test.each([
    ['a queue is gone', listed(files[gateFile]), queues.slice(1)],
    ['it has another rate', listed(files[gateFile]), [tbf('i-2', 1_250_001), tbf('o-2', 250_000)]],
    [
      'it is of another kind',
      listed(files[gateFile]),
      [{ ...tbf('i-2', 1_250_000), kind: 'htb' }, queues[1]],
    ],
    ['a port is not let through to', listed(files[gateFile], ['o-2']), queues],
    ...['i-3', 'i-3.1', 'i-1a2b3c4d'].map(
      (ifname) =>
        [
          `${ifname} has come, and has no queue yet`,
          listed(files[gateFile]),
          queues,
          [...links, { ifname }],
        ] as const,
    ),
  ] as const)(
    'are not known when %s',
    (_why, rules, qdiscs, there: readonly { ifname: string }[] = links) => {
      expect(inForce(rules, qdiscs as readonly Qdisc[], there)).toBe('unknown');
    },
  );
});
