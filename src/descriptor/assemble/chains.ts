import type { FeatureParameters } from '../application.ts';
import type { Chain, ChainEntry, NetworkFunction } from '../chain.ts';
import type { ComposeFile } from '../schema/compose-file.ts';
import type { ComposeService } from '../schema/service.ts';

type WrittenChain = NonNullable<NonNullable<ComposeFile['x-heddle']>['chains']>[number];
type WrittenFunction = NonNullable<ComposeService['x-heddle']>['function'];

/** A checked chain as the rest of Heddle sees it. */
export function toChain({ name, from, to, match, through, onFailure = 'closed' }: WrittenChain): Chain {
  return { name, from, to, ports: match?.ports ?? [], through: through.map(toEntry), onFailure };
}

function toEntry(written: WrittenChain['through'][number]): ChainEntry {
  if (typeof written === 'string') return written;
  const [[feature, parameters] = ['', true]] = Object.entries(written);
  return { feature, parameters: parameters === true ? {} : (parameters as FeatureParameters) };
}

export function toFunction(written: WrittenFunction): NetworkFunction | undefined {
  if (!written) return undefined;
  const { mode, per = 'service', probe = [], drain } = written;
  return { mode, per, probe, ...(drain !== undefined && { drain }) };
}
