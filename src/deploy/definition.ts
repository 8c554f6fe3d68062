import type { OwnSandbox } from '../engines/workloads.ts';
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

/** The same for a sandbox. Whose networks of Heddle's are, may change while it lives; whether they are the engine's may not. */
export function sandboxDefinitionOf({ networks, ...rest }: OwnSandbox): object {
  return {
    ...rest,
    networks: networks.map(({ owner, ...place }) => (owner === undefined ? place : { ...place, own: true })),
  };
}
