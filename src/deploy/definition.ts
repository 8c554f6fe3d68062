import type { OwnSandbox } from '../engines/workloads.ts';
import { canonicalJson, contentHash } from '../lib/hash.ts';
import { composeLabel } from '../lib/labels.ts';
import type { ContainerSpec, NetworkSpec } from '../selector/spec.ts';

/** Labels that say where the file stood, and nothing of what runs. */
const incidental: readonly string[] = [composeLabel.workingDir, composeLabel.configFiles];

/** What makes a container what it is: when this changes, it is made anew. */
export function definitionOf({ labels, ...rest }: ContainerSpec): ContainerSpec {
  const kept = Object.entries(labels).filter(([name]) => !incidental.includes(name));
  return { ...rest, labels: Object.fromEntries(kept) };
}

/** The same for a network. Of the engine's own nothing is said of the owner: there was no other when the first were made. */
export function networkDefinitionOf({ owner, ...rest }: NetworkSpec): object {
  return owner === 'engine' ? rest : { owner, ...rest };
}

/**
 * What a network bears of what it was made from. One of a networking service may be shared by nodes, of which each has to come to
 * the same: it is not keyed, and who reads it can read all of the network.
 */
export function networkHash(network: NetworkSpec, keyed: (value: unknown) => string): string {
  const definition = networkDefinitionOf(network);
  return network.owner === 'engine' ? keyed(definition) : contentHash(canonicalJson(definition)).slice(0, 32);
}

/** Whether that is what was borne by it. All were keyed before nodes had applications in common. */
export function isMadeFrom(
  made: string | undefined,
  network: NetworkSpec,
  keyed: (value: unknown) => string,
): boolean {
  return made === networkHash(network, keyed) || made === keyed(networkDefinitionOf(network));
}

/** The same for a sandbox. Whose networks of Heddle's are, may change while it lives; whether they are the engine's may not. */
export function sandboxDefinitionOf({ networks, ...rest }: OwnSandbox): object {
  return {
    ...rest,
    networks: networks.map(({ owner, ...place }) => (owner === undefined ? place : { ...place, own: true })),
  };
}
