import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { AddressBook } from '../../../monitor/addresses/address-book.ts';
import { commonNetworks } from '../../../selector/networks-between.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { AddressAssignment } from '../../../state/history.ts';
import { readConversations } from '../../flows/reader/conversations.ts';
import type { Suggestion } from '../contract.ts';
import { suggest } from './suggest.ts';

/**
 * Rules for services, from the flows seen since a moment (milliseconds since 1970). Without names, for every service
 * whose flows are seen.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE for a service without the feature flows: what is not seen would be denied
 */
export async function readSuggestions(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
  since: number,
  assignments: readonly AddressAssignment[],
): Promise<Suggestion[]> {
  const watched = spec.features.flatMap(({ feature, service }) =>
    feature === 'flows' && service ? [service] : [],
  );
  const blind = services.find((service) => !watched.includes(service));
  if (blind !== undefined || watched.length === 0) {
    throw new HeddleError('ERR_FEATURE_IMPOSSIBLE', `the flows of ${blind ?? spec.project} are not seen`, {
      hint: 'give the service the feature flows, run `heddle up`, and let it do all that it does in earnest',
    });
  }
  const conversations = await readConversations(engine, spec, since);
  const book = new AddressBook(spec, assignments);
  const wanted = services.length > 0 ? services : watched;
  return wanted.map((service) => suggest(service, conversations, book, neighboursOf(spec, service)));
}

function neighboursOf({ pods }: DeploymentSpec, service: string): string[] {
  const others = new Set(pods.flatMap((pod) => (pod.role === 'service' && pod.service ? [pod.service] : [])));
  others.delete(service);
  return [...others].filter((other) => commonNetworks(pods, service, other).length > 0);
}
