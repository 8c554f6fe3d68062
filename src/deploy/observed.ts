import type { ObservedContainer, ObservedObjects } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { ManagementPort } from '../networks/management/bridge.ts';
import type { ObservedPath } from '../networks/path/path.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { Stray } from './strays.ts';

/** Everything that exists of a project on this host: what a plan starts from. */
export interface Observed extends ObservedObjects {
  /** Ids of the images that are present, by reference. */
  readonly images: Readonly<Record<string, string>>;
  /** Names that the specification has for networks and volumes, of those that exist and are not of this project. */
  readonly others?: { readonly networks: ReadonlySet<string>; readonly volumes: ReadonlySet<string> };
  readonly management: readonly ManagementPort[];
  readonly paths: readonly ObservedPath[];
  /** Containers that are cut off from what they belong to, by name. */
  readonly strays: Readonly<Record<string, Stray>>;
  /** What the host's rules for it were made from; absent: there are none. */
  readonly guard?: string;
  /** What is in force in each function's namespace was made from this, by its pod; absent: nothing is. */
  readonly functions: Readonly<Record<string, string>>;
}

export const nothing: Observed = {
  containers: [],
  networks: [],
  volumes: [],
  foreign: [],
  images: {},
  management: [],
  paths: [],
  strays: {},
  functions: {},
};

/** The key of a container within its pod: `sandbox`, `app`, `flows.probe`. */
export function keyOf(container: ObservedContainer): string {
  return container.labels[label.container] ?? '';
}

/**
 * The pod whose traffic passes the function that a container belongs to: by its label, or by the specification for one that
 * was made before there was one. Nothing: it belongs to no function.
 */
export function pathOwner(
  { labels }: ObservedContainer,
  { pods }: Pick<DeploymentSpec, 'pods'>,
): string | undefined {
  return labels[label.pathOf] ?? pods.find(({ name }) => name === labels[label.pod])?.function?.pod;
}

export function podOf(container: ObservedContainer): string {
  return container.labels[label.pod] ?? '';
}
