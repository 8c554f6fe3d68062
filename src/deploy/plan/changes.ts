import type { ObservedContainer } from '../../engines/observed.ts';
import type { OwnSandbox } from '../../engines/workloads.ts';
import { label } from '../../lib/labels.ts';
import type { ContainerSpec, DeploymentSpec } from '../../selector/spec.ts';
import { definitionOf, sandboxDefinitionOf } from '../definition.ts';
import { containerDifferences, sandboxDifferences } from './differences.ts';
import type { PlanOptions } from './planning.ts';

type Known = Pick<PlanOptions, 'known' | 'hash'>;

/** What is different about a container from what it was made from, as far as that is still known. */
export function containerChange(
  options: Known,
  container: ContainerSpec,
  present: ObservedContainer,
): string {
  const all = (spec: DeploymentSpec) => spec.pods.flatMap(({ containers }) => containers);
  const made = madeFrom(options, present, all, (one) => options.hash(definitionOf(one)));
  return sentence(made && containerDifferences(made, container), present);
}

/** The same for what holds a pod's networks, names and ports. */
export function sandboxChange(options: Known, sandbox: OwnSandbox, holder: ObservedContainer): string {
  const all = (spec: DeploymentSpec) =>
    spec.pods.flatMap((pod) => (pod.sandbox.kind === 'own' ? [pod.sandbox] : []));
  const made = madeFrom(options, holder, all, (one) => options.hash(sandboxDefinitionOf(one)));
  return sentence(made && sandboxDifferences(made, sandbox), holder);
}

function madeFrom<Part extends { readonly name: string }>(
  { known = [] }: Known,
  present: ObservedContainer,
  partsOf: (spec: DeploymentSpec) => readonly Part[],
  hash: (part: Part) => string,
): Part | undefined {
  return known
    .flatMap(partsOf)
    .find((part) => part.name === present.name && hash(part) === present.labels[label.hash]);
}

function sentence(differences: readonly string[] | undefined, { startedAt }: ObservedContainer): string {
  if (differences && differences.length > 0) return differences.join('; ');
  const since = startedAt === undefined ? '' : ` (${new Date(startedAt).toISOString().slice(0, 19)}Z)`;
  return `its definition is not the one that it was made from${since}`;
}

/** What a container that is made anew loses beside what it wrote into its own file system. */
export function lossOf(
  container: ContainerSpec,
  { anonymous = [] }: ObservedContainer,
  renewed: boolean,
): string {
  const lost = anonymous.flatMap(({ target }) => {
    const mount = container.mounts.find((candidate) => candidate.target === target);
    if (mount && (mount.type !== 'volume' || mount.source !== undefined))
      return [`${target}: its anonymous volume is left behind`];
    // What it has from another container is not made anew with it.
    return renewed && !container.volumesFrom
      ? [`${target}: begins empty, the anonymous volume is left behind (-V)`]
      : [];
  });
  return lost.map((text) => `; ${text}`).join('');
}
