import { inNamespace, ipJson, type Link, type Namespace } from '../../ip.ts';
import { listOf } from '../../json-of.ts';
import { nftList } from '../../nft.ts';
import { stampIn } from '../../stamp.ts';
import type { Limit } from './limits.ts';

/** What `nft -j list ruleset` prints; only what is read. */
export interface ListedRules {
  readonly chain?: { readonly family: string; readonly table: string; readonly name: string };
  readonly set?: {
    readonly family: string;
    readonly table: string;
    readonly name: string;
    readonly elem?: readonly (string | number)[];
  };
}

/** What `tc -j qdisc show` prints. Rate in bytes a second, burst in bytes, latency in microseconds. */
export interface Qdisc {
  readonly kind: string;
  readonly dev?: string;
  readonly root?: boolean;
  readonly options?: { readonly rate?: number; readonly burst?: number; readonly lat?: number };
}

/**
 * What the limits in a namespace were made from. Nothing: there are none; `unknown`: a port does not have the queue that it
 * should have, or is not let through to.
 * @throws HeddleError ERR_NETWORK
 */
export async function observeLimits(namespace: Namespace): Promise<string | undefined> {
  const [rules, qdiscs, links] = await Promise.all([
    nftList<ListedRules>(namespace, ['ruleset']),
    inNamespace(namespace, ['tc', '-j', 'qdisc', 'show']),
    ipJson<Link>(namespace, ['link', 'show']),
  ]);
  return inForce(rules, listOf<Qdisc>(qdiscs), links);
}

/** Pure. */
export function inForce(
  rules: readonly ListedRules[],
  qdiscs: readonly Qdisc[],
  links: readonly Pick<Link, 'ifname'>[],
): string | undefined {
  const chains = rules.flatMap(({ chain }) => chain ?? []);
  const digest = stampIn(chains, [{ family: 'bridge', name: 'heddle' }]);
  if (digest === undefined) return undefined;
  const passable = rules.find(({ set }) => set?.name === 'limited')?.set?.elem ?? [];
  const limits = new Map(chains.flatMap(({ name }) => limitNamed(name)));
  const sound = links.every(({ ifname }) => {
    // As the agent takes them, whatever a wire is called by.
    const [, end = ''] = /^([io])-/.exec(ifname) ?? [];
    const limit = limits.get(end);
    if (!limit) return true;
    const queue = qdiscs.find(({ dev, root }) => dev === ifname && root === true);
    return passable.includes(ifname) && queue !== undefined && has(queue, limit);
  });
  return sound ? digest : 'unknown';
}

function limitNamed(name: string): [string, Limit][] {
  const [, end, rate, burst, latency] = /^limit_([io])_(\d+)_(\d+)_(\d+)$/.exec(name) ?? [];
  if (end === undefined) return [];
  return [[end, { rate: Number(rate), burst: Number(burst), latency: Number(latency) }]];
}

/** tc(8) counts in microseconds: what is read back is not to the byte what was said. */
function has({ kind, options = {} }: Qdisc, { rate, burst, latency }: Limit): boolean {
  const near = (value: number | undefined, wanted: number, slack: number) =>
    value !== undefined && Math.abs(value - wanted) <= slack;
  return (
    kind === 'tbf' &&
    options.rate === rate &&
    near(options.burst, burst, burst / 50 + rate * 1e-6) &&
    near(options.lat, latency, latency / 20 + 2000)
  );
}
