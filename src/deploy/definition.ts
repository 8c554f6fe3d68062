import { composeLabel } from '../lib/labels.ts';
import type { ContainerSpec } from '../selector/spec.ts';

/** Labels that say where the file stood, and nothing of what runs. */
const incidental: readonly string[] = [composeLabel.workingDir, composeLabel.configFiles];

/** What makes a container what it is: when this changes, it is made anew. */
export function definitionOf({ labels, ...rest }: ContainerSpec): ContainerSpec {
  const kept = Object.entries(labels).filter(([name]) => !incidental.includes(name));
  return { ...rest, labels: Object.fromEntries(kept) };
}
