import type { Engine } from '../../../engines/engine.ts';
import { AddressBook } from '../../../monitor/addresses/address-book.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { AddressAssignment } from '../../../state/history.ts';
import type { Figure, FlowQuery, Talkers } from '../contract.ts';
import { nfdumpTime, sumsOfFlows } from './collector.ts';

/** What one probe saw go from one address to another. Times in milliseconds since 1970. */
export interface AddressPair {
  readonly source: string;
  readonly destination: string;
  readonly first: number;
  readonly last: number;
  readonly packets: number;
  readonly bytes: number;
  readonly flows: number;
}

/** Pairs of addresses that are looked at, those that sent most first. */
const most = 20_000;

/**
 * Who sent most to whom. nfdump adds up, so that the number of flows does not matter.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when no service has the feature
 */
export async function readTop(
  engine: Engine,
  spec: DeploymentSpec,
  query: FlowQuery & { readonly by: Figure },
  assignments: readonly AddressAssignment[],
): Promise<Talkers[]> {
  const rows = await sumsOfFlows(engine, spec, query, {
    by: ['router', 'srcip', 'dstip'],
    order: query.by,
    most,
    columns: ['sa', 'da', 'ts', 'te', 'pkt', 'byt', 'fl'],
  });
  const pairs = rows.map(
    ({ sa, da, ts, te, pkt, byt, fl }): AddressPair => ({
      source: sa,
      destination: da,
      first: nfdumpTime(ts),
      last: nfdumpTime(te),
      packets: Number(pkt),
      bytes: Number(byt),
      flows: Number(fl),
    }),
  );
  return topTalkers(pairs, new AddressBook(spec, assignments), query);
}

/**
 * Adds pairs of addresses up to pairs of services; who is none keeps its address. Of what several probes saw, what the
 * one saw that counted most.
 */
export function topTalkers(
  pairs: readonly AddressPair[],
  book: Pick<AddressBook, 'ownerOf'>,
  { by, services = [], limit = 10 }: Pick<FlowQuery, 'services' | 'limit'> & { readonly by: Figure },
): Talkers[] {
  const once = [...Map.groupBy(pairs, ({ source, destination }) => `${source} ${destination}`).values()].map(
    (seen) => seen.reduce((a, b) => (b[by] > a[by] ? b : a)),
  );
  const named = once.map((pair) => ({
    ...pair,
    source: book.ownerOf(pair.source, pair.last)?.service ?? pair.source,
    destination: book.ownerOf(pair.destination, pair.last)?.service ?? pair.destination,
  }));
  const wanted = named.filter(
    ({ source, destination }) =>
      services.length === 0 || services.includes(source) || services.includes(destination),
  );
  return [...Map.groupBy(wanted, ({ source, destination }) => `${source} ${destination}`).values()]
    .map(talkers)
    .sort((a, b) => b[by] - a[by])
    .slice(0, limit);
}

function talkers(group: readonly AddressPair[]): Talkers {
  const [{ source, destination }] = group as [AddressPair];
  const sum = (figure: Figure) => group.reduce((total, pair) => total + pair[figure], 0);
  return {
    source,
    destination,
    flows: sum('flows'),
    packets: sum('packets'),
    bytes: sum('bytes'),
    first: new Date(Math.min(...group.map(({ first }) => first))).toISOString(),
    last: new Date(Math.max(...group.map(({ last }) => last))).toISOString(),
  };
}
