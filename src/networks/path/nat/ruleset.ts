import { stampLine } from '../../stamp.ts';
import { type Leg, lanes, portNames } from '../leg.ts';
import { configured } from '../patch/routing/state.ts';
import type { NatRules } from './rules.ts';

/**
 * The nftables rules of a NAT, as one transaction that replaces what is there. What they have not seen is not routed: without
 * them, nothing passes, nor by a leg that they were not made for. `digest`: what all that was made from, to be read again.
 */
export function renderNat(rules: NatRules, legs: readonly Leg[], digest: string): string {
  const source = rules.hidesSources ? sourceLines(legs) : { counters: [], nat: [], refused: [] };
  return `${[
    'table inet heddle',
    'delete table inet heddle',
    'table inet heddle {',
    stampLine(digest),
    '  counter invalid { }',
    ...rules.ports.map((_, index) => `  counter ports_${index} { }`),
    ...source.counters,
    '  chain seen {',
    '    type filter hook prerouting priority -150; policy accept;',
    ...seenLines(legs),
    '  }',
    '  chain prerouting {',
    '    type nat hook prerouting priority -100; policy accept;',
    ...rules.ports.map(
      ({ protocol, from, to }, index) =>
        `    iifname "o-*" ${protocol} dport ${from} counter name ports_${index} dnat to :${to}`,
    ),
    '  }',
    '  chain forward {',
    '    type filter hook forward priority 0; policy accept;',
    '    ct state invalid counter name invalid drop',
    ...source.refused,
    '  }',
    '  chain postrouting {',
    '    type nat hook postrouting priority 100; policy accept;',
    ...source.nat,
    '  }',
    '}',
  ].join('\n')}\n`;
}

function seenLines(legs: readonly Leg[]): string[] {
  const ends = legs.flatMap(({ id }) =>
    lanes.flatMap((lane) => [portNames.outer(id, lane), portNames.inner(id, lane)]),
  );
  if (ends.length === 0) return [];
  return [`    iifname { ${quoted(ends)} } meta mark set meta mark | ${configured}`];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

/** A pod that has addresses of a family on a network whose gateway has none gets nothing of that from outside. */
function sourceLines(legs: readonly Leg[]) {
  const lines = legs.flatMap(({ id, gateway }) =>
    ([4, 6] as const).map((family) => {
      const out = `oifname { ${quoted(lanes.map((lane) => portNames.inner(id, lane)))} } meta nfproto ipv${family}`;
      const [cidr] = (family === 4 ? gateway?.ipv4 : gateway?.ipv6) ?? [];
      return { out, family, address: cidr?.split('/')[0] };
    }),
  );
  return {
    counters: ['  counter hidden { }'],
    nat: lines.flatMap(({ out, family, address }) =>
      address === undefined
        ? []
        : [`    ${out} counter name hidden snat ${family === 4 ? 'ip' : 'ip6'} to ${address}`],
    ),
    refused: lines.flatMap(({ out, address }) =>
      address === undefined ? [`    ${out} ct direction original drop`] : [],
    ),
  };
}
