import type { ObservedContainer, ObservedObjects } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { ManagementPort } from '../networks/management/bridge.ts';
import type { ObservedPath } from '../networks/path/observe.ts';
import type { ChainProof } from '../networks/path/proof/proof.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { AllNotes } from './function-hooks/notes.ts';
import type { Stray } from './strays.ts';

/** Everything that exists of a project on this host: what a plan starts from. */
export interface Observed extends ObservedObjects {
  /** Ids of the images that are present, by reference. */
  readonly images: Readonly<Record<string, string>>;
  /** Names that the specification has for networks and volumes, of those that exist and are not of this project. */
  readonly others?: { readonly networks: ReadonlySet<string>; readonly volumes: ReadonlySet<string> };
  /** What becoming of the archetype that the specification has would mean, of networks that are of another. */
  readonly switches?: Readonly<Record<string, NetworkSwitch>>;
  readonly management: readonly ManagementPort[];
  /** The sandboxes of what other nodes have of it; absent: it is this node’s alone. */
  readonly elsewhere?: readonly ObservedContainer[];
  /** On networks that are not the engine's. */
  readonly endpoints: readonly ObservedEndpoint[];
  readonly paths: readonly ObservedPath[];
  /** By pod: what of its traffic is led through chains. Absent, of all or of one: nothing is. */
  readonly chains?: Readonly<Record<string, ObservedChains>>;
  /** What came of proving chains; absent: nobody proves any. */
  readonly proofs?: readonly ChainProof[];
  /** What is noted of the hooks of functions, by pod; absent: none has any. */
  readonly hooks?: AllNotes;
  /** Containers of functions that are to be told before they are taken out, and whose pod each is. */
  readonly stops?: Readonly<Record<string, string>>;
  /** Containers that are cut off from what they belong to, by name. */
  readonly strays: Readonly<Record<string, Stray>>;
  /** What the host's rules for it were made from; absent: there are none. */
  readonly guard?: string;
  /** What is in force in each function's namespace was made from this, by its pod; absent: nothing is. */
  readonly functions: Readonly<Record<string, string>>;
}

/** How chains lead a pod's traffic now. */
export interface ObservedChains {
  /** What it was made from: the keyed hash of `chainInputs`. */
  readonly digest?: string;
  /** By chain: the pods of its functions, in the order in which they stand between the network and the pod. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

/** `lost`: by it, in words; `refused`: why it cannot be. */
export type NetworkSwitch = { readonly lost: readonly string[] } | { readonly refused: string };

export const nothing: Observed = {
  containers: [],
  networks: [],
  volumes: [],
  foreign: [],
  images: {},
  management: [],
  endpoints: [],
  paths: [],
  strays: {},
  functions: {},
};

/** A pod's endpoint on a network that is not the engine's. */
export interface ObservedEndpoint {
  readonly pod: string;
  readonly network: string;
  /** Of what it was made from. */
  readonly hash?: string;
  /** The run of the sandbox whose namespace it is in: `runOf`. */
  readonly run?: string;
  /** Whether it is as it should be. */
  readonly isReady: boolean;
}

type Led = Pick<Observed, 'paths' | 'chains'>;

/** The pods whose traffic passes functions now, and which. */
export function allPassed({ paths, chains = {} }: Led): ReadonlyMap<string, readonly string[]> {
  const own = new Map(paths.map(({ pod, path }) => [pod, path]));
  const pods = new Set([...own.keys(), ...Object.keys(chains)]);
  return new Map([...pods].map((pod) => [pod, functionsIn(own.get(pod), chains[pod])]));
}

/** The functions that a pod's traffic passes now, of its path and of its chains; each once. */
export function passedBy({ paths, chains = {} }: Led, pod: string): string[] {
  return functionsIn(paths.find((one) => one.pod === pod)?.path, chains[pod]);
}

function functionsIn(path: readonly string[] = [], chains?: ObservedChains): string[] {
  return [...new Set([...Object.values(chains?.paths ?? {}).flat(), ...path])];
}

/** A run of a container that no other is: after a restart its namespace is another. */
export function runOf({ id, startedAt }: Pick<ObservedContainer, 'id' | 'startedAt'>): string {
  return `${id.slice(0, 12)} ${startedAt ?? 0}`;
}

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
