import { stampLine } from '../../stamp.ts';
import { directions, type ShaperLimits } from './limits.ts';

export const limitsFile = 'limits';
export const gateFile = 'gate.nft';

/** What goes in to a service leaves the function at the ports `i-N`, and what goes out at `o-N`. */
export const endOf = { ingress: 'i', egress: 'o' } as const;

/**
 * The queue of each direction, as the agent puts it on every port of that direction; and the rules that let frames
 * through to ports that have theirs. When limits change, a queue is changed where it is, and the rules are replaced in one
 * transaction after that: nothing passes without a limit, and nothing waits for it.
 */
export function renderLimits(limits: ShaperLimits, digest: string): Record<string, string> {
  const lines = directions.flatMap((direction) => {
    const limit = limits[direction];
    if (!limit) return [];
    const { rate, burst, latency } = limit;
    // To tc(8) `bps` are bytes a second.
    return [`${endOf[direction]} tbf rate ${rate}bps burst ${burst}b latency ${latency}us`];
  });
  return { [limitsFile]: `${lines.join('\n')}\n`, [gateFile]: gate(limits, digest) };
}

function gate(limits: ShaperLimits, digest: string): string {
  const free = directions.filter((direction) => limits[direction] === undefined);
  return `${[
    'table bridge heddle',
    'delete table bridge heddle',
    'table bridge heddle {',
    stampLine(digest),
    ...directions.flatMap((direction) => limitLine(limits, direction)),
    '  set limited { type iface_index; }',
    '  chain forward {',
    '    type filter hook forward priority 0; policy drop;',
    '    oif @limited accept',
    ...free.map((direction) => `    oifname "${endOf[direction]}-*" accept`),
    '  }',
    '}',
  ].join('\n')}\n`;
}

/** A chain without rules, whose name says what the queues have to be: `limit_i_1250000_65536_50000`. */
function limitLine(limits: ShaperLimits, direction: (typeof directions)[number]): string[] {
  const limit = limits[direction];
  if (!limit) return [];
  return [`  chain limit_${endOf[direction]}_${limit.rate}_${limit.burst}_${limit.latency} { }`];
}
