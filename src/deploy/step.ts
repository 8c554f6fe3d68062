import type { FarPod } from '../selector/far-pod.ts';
import type {
  ContainerSpec,
  DependencySpec,
  ImageSource,
  NetworkOwner,
  NetworkSpec,
  PodSpec,
  VolumeSpec,
} from '../selector/spec.ts';
import type { HookOccasion } from './function-hooks/inputs.ts';

/** Every kind of step with what it needs to be carried out. The table of executors has one entry for each. */
export interface StepArguments {
  obtainImage: { readonly reference: string; readonly source: ImageSource };
  createNetwork: { readonly network: NetworkSpec };
  /** Makes a network that is not the engine's one of another archetype, with all that is on it. */
  switchNetwork: { readonly network: NetworkSpec };
  removeNetwork: { readonly name: string; readonly owner: NetworkOwner };
  createVolume: { readonly volume: VolumeSpec };
  removeVolume: { readonly name: string };
  createSandbox: { readonly pod: PodSpec; readonly start?: boolean };
  startSandbox: { readonly pod: PodSpec };
  /** Gives a pod's sandbox its endpoint on a network that is not the engine's, or makes it as it should be. */
  connectEndpoint: { readonly pod: PodSpec; readonly network: string };
  disconnectEndpoint: { readonly pod: string; readonly network: string };
  /** Puts the pod on the management bridge. */
  connectManagement: { readonly pod: PodSpec };
  /** Gives a function its configuration, with the addresses of the services that it has to know. */
  configureFunction: { readonly pod: PodSpec };
  /** Calls the own manager of a function of any image. `function`: its pod. */
  callHook: { readonly function: string; readonly occasion: HookOccasion };
  /** Leads a pod's traffic through the functions of its path, and through no others. */
  insertWire: { readonly pod: PodSpec };
  /** Sends probes through a pod's chains, sees where they pass, and gives new flows to the instances that they came through. */
  proveChains: { readonly pod: PodSpec };
  /** Leads it through none any more. */
  removeWire: { readonly pod: string };
  /** Waits until the flows of an instance that goes have ended, at most so many milliseconds, and takes it out of the others' midst. */
  drainFunction: { readonly function: string; readonly limit: number };
  /** Keeps others on the bridges from speaking as the pods that functions know. */
  guardNeighbours: Record<never, never>;
  removeGuard: Record<never, never>;
  /** Lets go of a function's namespace, which outlives its containers. */
  releaseFunction: { readonly function: string };
  disconnectManagement: { readonly pod: string };
  removeManagement: Record<never, never>;
  createContainer: {
    readonly pod: PodSpec;
    readonly container: ContainerSpec;
    /** Begin with empty anonymous volumes rather than those of the container before it. */
    readonly renewVolumes?: boolean;
    /** `false`: it is created, and no more. */
    readonly start?: boolean;
  };
  startContainer: { readonly name: string };
  stopContainer: { readonly name: string; readonly grace: number };
  removeContainer: {
    readonly name: string;
    readonly grace: number;
    readonly volumes: AnonymousFate;
  };
  signalContainer: { readonly name: string; readonly signal: string };
  pauseContainer: { readonly name: string };
  unpauseContainer: { readonly name: string };
  pullImage: { readonly reference: string };
  pushImage: { readonly reference: string };
  /** Removes an image, unless something else uses it. */
  removeImage: { readonly reference: string };
  awaitService: { readonly dependency: DependencySpec; readonly containers: readonly string[] };
  /** The same of a service that another node has. */
  awaitFarService: { readonly dependency: DependencySpec; readonly pods: readonly FarPod[] };
  removeState: { readonly keepVolumes: boolean };
}

/** What becomes of the anonymous volumes of a container that goes: `pass`: the container that takes its place has them. */
export type AnonymousFate = 'pass' | 'keep' | 'remove';

export type StepKind = keyof StepArguments;

/** One step of a plan. */
export type Step = { [Kind in StepKind]: StepOf<Kind> }[StepKind];

export interface StepOf<Kind extends StepKind> {
  /** Unique in its plan, and readable: `createContainer wp-web-1`. */
  readonly id: string;
  readonly kind: Kind;
  /** What it acts on. */
  readonly subject: string;
  readonly args: StepArguments[Kind];
  /** Why it has to be done. */
  readonly reason: string;
  /** Ids of the steps that have to be done before. */
  readonly after: readonly string[];
  /** Those of them that may fail. */
  readonly despite?: readonly string[];
}

/** The typed steps from what is observed to what is specified, in an order in which they could be done one by one. */
export interface Plan {
  readonly project: string;
  readonly steps: readonly Step[];
  /** What the owner has to know and no step tells: what is left alone, and differs. */
  readonly warnings: readonly string[];
}
