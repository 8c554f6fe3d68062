import type { ObservedContainer, ObservedObjects } from '../engines/engine.ts';
import { label } from '../lib/labels.ts';
import type { ManagementPort } from '../networks/management/bridge.ts';

/** Everything that exists of a project on this host: what a plan starts from. */
export interface Observed extends ObservedObjects {
  /** Ids of the images that are present, by reference. */
  readonly images: Readonly<Record<string, string>>;
  readonly management: readonly ManagementPort[];
}

export const nothing: Observed = {
  containers: [],
  networks: [],
  volumes: [],
  foreign: [],
  images: {},
  management: [],
};

/** The key of a container within its pod: `sandbox`, `app`, `flows.probe`. */
export function keyOf(container: ObservedContainer): string {
  return container.labels[label.container] ?? '';
}

export function podOf(container: ObservedContainer): string {
  return container.labels[label.pod] ?? '';
}
