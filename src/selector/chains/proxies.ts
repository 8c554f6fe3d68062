import type { Service } from '../../descriptor/application.ts';
import type { Location } from '../../lib/errors.ts';
import type { AddDiagnostic, Path } from '../feature-places.ts';
import { type Claim, meet, placeOf, share } from './claims.ts';
import type { ChainFunction } from './through.ts';

// What a proxy opens of its own is of a chain by its addresses and ports alone: they have to say of which.

interface Use extends Claim {
  readonly functions: readonly ChainFunction[];
}

/** Reports chains through one proxy that what it opens could be of. */
export function checkProxies(
  uses: readonly Use[],
  at: (path: Path) => Location | undefined,
  report: AddDiagnostic,
): void {
  uses.forEach((use, index) => {
    const proxies = proxiesOf(use);
    const others = uses.slice(0, index).filter((other) => isAmbiguous(other, use));
    const [found] = others.flatMap((other) =>
      proxiesOf(other).flatMap(({ name }) =>
        proxies.some((one) => one.name === name) ? [{ name, other }] : [],
      ),
    );
    if (!found) return;
    const { name, other } = found;
    const place = placeOf(at([...other.path, 'name']));
    report(use.path, {
      code: 'ERR_CHAIN_IMPOSSIBLE',
      message: `${use.path.join('.')}: nobody could tell which of the connections of ${name} are of ${use.chain.name}, and which of ${other.chain.name} (${place})`,
      hint: 'let them be of other ports, or lead one of them through a proxy of its own',
    });
  });
}

function proxiesOf({ functions }: Use): Service[] {
  return functions.flatMap((fn) =>
    fn.kind === 'service' && fn.service.function?.mode === 'proxy' ? fn.service : [],
  );
}

/** Whether a connection that a proxy opens may be of both: between the same two, or at one of them, whoever the other is. */
function isAmbiguous(a: Use, b: Use): boolean {
  const [one, other] = [a.ends.service, b.ends.service];
  if (!a.chain.ports.some((ports) => b.chain.ports.some((others) => share(ports, others)))) {
    // Whoever connects chooses the port that it connects from.
    return one.name === other.name && a.ends.at !== b.ends.at;
  }
  if (one.name === other.name) return true;
  if (proxiesOf(a).every(({ function: fn }) => fn?.per === 'replica')) return false;
  const is = (service: Service) => ({ kind: 'service', service }) as const;
  return meet(a.ends.peer, is(other)) && meet(b.ends.peer, is(one));
}
