import type { Catalogue } from '../../catalogue/load.ts';
import type { Descriptor } from '../../descriptor/index.ts';
import type { Diagnostic } from '../../lib/errors.ts';
import type { AddDiagnostic } from '../feature-places.ts';
import type { FeatureUse } from '../features.ts';
import type { EngineOffer } from '../needs.ts';
import { type Claim, checkClaims, placeOf } from './claims.ts';
import { endsAt, endsOf } from './ends.ts';
import { checkProxies } from './proxies.ts';
import { segmentsOf } from './segments.ts';
import { type ChainFunction, functionsOf } from './through.ts';
import { checkWaits } from './waits.ts';

/** A chain with what its names stand for. */
export interface ChainUse extends Claim {
  readonly functions: readonly ChainFunction[];
}

/** Every chain that can be enforced, in the order of the file, and everything that is wrong with the others. */
export function chainsOf(
  descriptor: Descriptor,
  catalogue: Catalogue,
  engine?: EngineOffer,
): { chains: ChainUse[]; diagnostics: Diagnostic[] } {
  const { application, inactive } = descriptor;
  const diagnostics: Diagnostic[] = [];
  const report: AddDiagnostic = (path, diagnostic) =>
    diagnostics.push({ severity: 'error', at: descriptor.at(path), ...diagnostic });
  const offered = { application, inactive, catalogue, engine };
  const names = new Map<string, number>();
  const chains = application.chains.flatMap((chain, index): ChainUse[] => {
    const path = ['x-heddle', 'chains', index];
    const before = names.get(chain.name);
    if (before === undefined) names.set(chain.name, index);
    else {
      const place = placeOf(descriptor.at(['x-heddle', 'chains', before, 'name']));
      report([...path, 'name'], {
        code: 'ERR_CHAIN_IMPOSSIBLE',
        message: `${path.join('.')}.name: another chain is called ${chain.name}, too (${place})`,
        hint: 'give it another name',
      });
    }
    const ends = endsOf(application, inactive, chain, path, report);
    if (!ends) return [];
    return segmentsOf(application, chain).flatMap((segment) => {
      const there = endsAt(ends, segment.at);
      const functions = functionsOf(offered, chain, there.service, path, report, segment);
      return [{ chain, path, ends: there, functions }];
    });
  });
  checkClaims(chains, descriptor.at, report);
  checkProxies(chains, descriptor.at, report);
  checkWaits(application, chains, report);
  return { chains, diagnostics };
}

/** The features of the catalogue among a chain's functions. */
export function featuresOf({ functions }: ChainUse): FeatureUse[] {
  return functions.flatMap((fn) => (fn.kind === 'feature' ? [fn.use] : []));
}
