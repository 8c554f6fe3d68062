import type { Chain, PortMatch } from '../../descriptor/chain.ts';
import type { Location } from '../../lib/errors.ts';
import type { AddDiagnostic, Path } from '../feature-places.ts';
import type { ChainEnd, ChainEnds } from './ends.ts';

/** More chains than this at one pod nobody follows any more. */
const MAX_CHAINS = 64;

/** A chain, where it stands in the file, and between whom it is. */
export interface Claim {
  readonly chain: Chain;
  readonly path: Path;
  readonly ends: ChainEnds;
}

/** Reports chains that claim the same traffic of the same pods, and those that are too many at one. */
export function checkClaims(
  claims: readonly Claim[],
  at: (path: Path) => Location | undefined,
  report: AddDiagnostic,
): void {
  for (const [name, there] of Map.groupBy(claims, ({ ends }) => ends.service.name)) {
    const over = there[MAX_CHAINS];
    if (over) {
      report(over.path, {
        code: 'ERR_COMPOSE_LIMIT',
        message: `${over.path.join('.')}: at ${name} there are ${there.length} chains, and at most ${MAX_CHAINS} can be`,
        hint: 'join some of them to one',
      });
      continue;
    }
    there.forEach((claim, index) => {
      const first = there.slice(0, index).find((other) => overlap(other, claim));
      if (!first) return;
      report(claim.path, {
        code: 'ERR_CHAIN_IMPOSSIBLE',
        message: `${claim.path.join('.')}: ${claim.chain.name} claims traffic of ${name} that ${first.chain.name} claims, too (${placeOf(at([...first.path, 'name']))})`,
        hint:
          first.ends.at === claim.ends.at
            ? 'write `match: { ports: […] }` so that no packet is of both, or join them to one chain'
            : 'let one lead both ways: of what one leads in and the other out, whoever connects chooses by its own port',
      });
    });
  }
}

/** As it stands in a message. */
export function placeOf(at: Location | undefined): string {
  return at ? `${at.file}:${at.line}` : 'elsewhere';
}

/** Whether a packet may be of both. */
function overlap(a: Claim, b: Claim): boolean {
  if (!meet(a.ends.peer, b.ends.peer)) return false;
  const [of, and] = [a.chain.ports, b.chain.ports];
  // What comes in to ports here from ports there is of both, and whoever connects chooses its own port.
  if (a.ends.at !== b.ends.at) return true;
  return of.length === 0 || and.length === 0 || of.some((one) => and.some((other) => share(one, other)));
}

/** Whether somebody may be at both ends: a service is in each of its networks. */
export function meet(a: ChainEnd, b: ChainEnd): boolean {
  if (a.kind === 'service' && b.kind === 'service') return a.service.name === b.service.name;
  if (a.kind === 'network' && b.kind === 'network') return a.network.key === b.network.key;
  if (a.kind === 'service' && b.kind === 'network') return b.network.key in a.service.networks;
  if (a.kind === 'network' && b.kind === 'service') return meet(b, a);
  return a.kind === b.kind;
}

export function share(a: PortMatch, b: PortMatch): boolean {
  return a.protocol === b.protocol && a.from <= b.to && b.from <= a.to;
}
