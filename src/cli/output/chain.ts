import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError } from '../../lib/errors.ts';
import { printableLine } from '../../lib/printable.ts';
import type { ChainStatus, HookStatus, ProbeStatus } from '../../networks/path/proof/status.ts';
import { microsecondsText } from './microseconds.ts';
import { tableOf } from './table.ts';
import { telemetryTables } from './telemetry.ts';

/**
 * A chain; of an application over several nodes, what each of them that leads it says.
 * @throws HeddleError ERR_CHAIN_UNKNOWN
 */
export function chainNamed(
  chains: readonly ChainStatus[],
  name: string,
  project: string,
): readonly [ChainStatus, ...ChainStatus[]] {
  const [first, ...others] = chains.filter(({ chain }) => chain === name);
  if (first) return [first, ...others];
  const known = [...new Set(chains.map(({ chain }) => chain))];
  throw new HeddleError('ERR_CHAIN_UNKNOWN', `${project} has no chain "${name}"`, {
    hint: didYouMean(name, known),
  });
}

/** One as itself, several nodes' as a list. */
export function chainJson(found: readonly ChainStatus[]): string {
  return `${JSON.stringify(found.length === 1 ? found[0] : found, null, 2)}\n`;
}

/** A chain with each hop of its probes. */
export function chainText({
  chain,
  from,
  to,
  ports,
  through,
  onFailure,
  state,
  reason,
  node,
  pods,
  hooks,
}: ChainStatus): string {
  const about = [
    `${chain}${node === undefined ? '' : ` on ${node}`}: from ${from} to ${to} (${ports.join(', ') || 'everything'}) through ${through.join(', ')}, ${onFailure} on failure`,
    `${state}${reason === null ? '' : `: ${reason}`}`,
  ];
  const rows = pods.flatMap(({ pod, probes }) => probes.flatMap((probe) => rowsOf(pod, probe)));
  const tables = [
    ...(rows.length === 0 ? [] : [tableOf(rows, columns)]),
    ...telemetryTables(pods),
    ...(hooks.length === 0 ? [] : [tableOf(hooks, hookColumns)]),
  ];
  return `${[about.map(printableLine).join('\n'), ...tables].join('\n\n')}\n\n`;
}

const hookColumns = {
  HOOK: ({ hook }: HookStatus) => hook,
  OF: (status: HookStatus) => status.function,
  AT: ({ at }: HookStatus) => at,
  TOOK: ({ took }: HookStatus) => `${took} ms`,
  RESULT: ({ failure }: HookStatus) => (failure === null ? 'done' : `FAILED: ${failure.split('\n')[0]}`),
};

interface Row {
  readonly probe: string;
  readonly hop: string;
  readonly seen: string;
  readonly after: number | null;
  readonly took: number | null;
}

const columns = {
  PROBE: ({ probe }: Row) => probe,
  HOP: ({ hop }: Row) => hop,
  SEEN: ({ seen }: Row) => seen,
  AFTER: ({ after }: Row) => microsecondsText(after),
  TOOK: ({ took }: Row) => microsecondsText(took),
};

function rowsOf(
  pod: string,
  { interface: name, family, direction, hops, took, failure }: ProbeStatus,
): Row[] {
  const way = direction === 'in' ? `to ${pod}` : `from ${pod}`;
  const probe = `${way} (${name}, ${family})`;
  const seen = (entered: boolean, left: boolean) => {
    if (entered) return left ? 'in and out' : 'in, NOT OUT';
    return left ? 'NOT IN, out' : 'NOT SEEN';
  };
  return [
    ...hops.map((hop) => ({
      probe,
      hop: hop.function,
      seen: seen(hop.entered, hop.left),
      after: hop.after,
      took: hop.took,
    })),
    { probe, hop: '(end)', seen: failure === undefined ? 'arrived' : 'FAILED', after: took, took: null },
  ];
}
