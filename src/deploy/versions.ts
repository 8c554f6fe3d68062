import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import { isSharedFunction } from '../selector/led.ts';
import { sandboxName } from '../selector/pod-names.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';
import { definitionOf, sandboxDefinitionOf } from './definition.ts';
import { keyOf, podOf } from './observed.ts';

/** What tells whether a container is of a version: by keyed hash, and by its image. */
export interface Told {
  readonly hash: (value: unknown) => string;
  /** Ids of images that are present, by reference. */
  readonly images: Readonly<Record<string, string>>;
  /** Whether what is there is left as it is, whatever it was made from. */
  readonly keep?: boolean;
}

/** Whether a new version of a function is to stand beside the one before it, in a pod of its own. */
export function hasVersions(pod: PodSpec): boolean {
  return isSharedFunction(pod) && pod.forwards?.order === 'start-first';
}

/**
 * Names the pods of functions whose versions stand beside each other: as the one that is there of the same version, else as none that
 * is there: `shop-fw-1`, `shop-fw-1.2`. Pure.
 * @param isChosen whether a service is as its file says, and not as it was before
 */
export function withVersions(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  told: Told,
  isChosen: (service: string) => boolean = () => true,
): DeploymentSpec {
  const pods = spec.pods.map((pod) =>
    hasVersions(pod) && isChosen(pod.service ?? '') ? versioned(pod, containers, told) : pod,
  );
  return { ...spec, pods };
}

function versioned(pod: PodSpec, containers: readonly ObservedContainer[], told: Told): PodSpec {
  const there = new Set(
    containers
      .filter(({ labels }) => labels[label.service] === pod.service)
      .map(podOf)
      .filter((name) => numberOf(pod, name) !== undefined),
  );
  const same = [...there]
    .sort((a, b) => (numberOf(pod, b) ?? 0) - (numberOf(pod, a) ?? 0))
    .map((name) => named(pod, name))
    .find((one) => told.keep === true || isSame(one, containers, told));
  if (same) return same;
  let number = 1;
  while (there.has(nameOf(pod, number))) number++;
  return named(pod, nameOf(pod, number));
}

function nameOf({ name }: PodSpec, number: number): string {
  return number === 1 ? name : `${name}.${number}`;
}

/** Which version of a pod one is by its name; nothing: it is none of it. */
function numberOf({ name }: PodSpec, other: string): number | undefined {
  if (other === name) return 1;
  const number = other.startsWith(`${name}.`) ? other.slice(name.length + 1) : '';
  return /^[1-9]\d*$/.test(number) ? Number(number) : undefined;
}

/** Whether a pod of that name is a version of the same replica. */
export function isVersionOf({ name }: Pick<PodSpec, 'name'>, other: string): boolean {
  const replicaOf = (one: string) => one.replace(/(-\d+)\.[1-9]\d*$/, '$1');
  return replicaOf(name) === replicaOf(other);
}

/** A pod by another name, with what of it bears that. */
export function named(pod: PodSpec, name: string): PodSpec {
  if (name === pod.name) return pod;
  const { sandbox } = pod;
  return {
    ...pod,
    name,
    sandbox: sandbox.kind === 'own' ? { ...sandbox, name: sandboxName(name) } : sandbox,
    containers: pod.containers.map((container) => ({
      ...container,
      name: container.name === pod.name ? name : container.name,
    })),
  };
}

/** Whether what is there was made from this, as far as its containers are. */
function isSame(pod: PodSpec, containers: readonly ObservedContainer[], { hash, images }: Told): boolean {
  const own = containers.filter((one) => podOf(one) === pod.name);
  const holder = own.find((one) => keyOf(one) === 'sandbox');
  if (pod.sandbox.kind === 'own' && holder?.labels[label.hash] !== hash(sandboxDefinitionOf(pod.sandbox)))
    return false;
  return pod.containers.every((container) => {
    const present = own.find(({ name }) => name === container.name);
    const image = images[container.image];
    return (
      present?.labels[label.hash] === hash(definitionOf(container)) &&
      (image === undefined || image === present.imageId)
    );
  });
}
