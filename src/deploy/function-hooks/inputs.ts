import { servicePortsText } from '../../descriptor/chain-words.ts';
import type { HookName } from '../../descriptor/function-hooks.ts';
import type { ObservedAddress, ObservedContainer } from '../../engines/observed.ts';
import type { ChainSpec } from '../../selector/chain-spec.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { addressesOf, podsOfService } from '../function-inputs.ts';
import type { Outputs } from './outputs.ts';

// What a function's manager is told. Pure. docs/howto/function-life-cycle.md describes it.

/** What does not depend on why it is called: when it changes, the function is configured anew. */
export interface HookInputs {
  readonly function: {
    /** As the file calls it. */
    readonly service: string;
    readonly pod: string;
    /** From 1. */
    readonly instance: number;
    readonly mode: string;
    /** The pod whose traffic alone it is led; absent: it is shared. */
    readonly led?: string;
    readonly addresses: readonly ObservedAddress[];
  };
  /** Those that it stands in, in the order of the file. */
  readonly chains: readonly HookChain[];
  /** The services at the ends of these. */
  readonly peers: Readonly<Record<string, readonly Place[]>>;
  /** The others that are the same function. */
  readonly instances: readonly Place[];
  /** What functions have put out whose outputs it uses: by service and pod. */
  readonly outputsOf: Readonly<Record<string, Readonly<Record<string, Outputs>>>>;
}

interface HookChain {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Empty: everything. */
  readonly ports: readonly string[];
  readonly through: readonly string[];
  /** From 1. */
  readonly position: number;
  readonly onFailure: ChainSpec['onFailure'];
  /** Who comes before it and after it on the way from the one end to the other, where it is. */
  readonly before: Neighbour;
  readonly after: Neighbour;
}

interface Neighbour {
  readonly name: string;
  /** None of what is no service, such as `outside`, or has no address. */
  readonly places: readonly Place[];
}

interface Place {
  readonly pod: string;
  readonly addresses: readonly ObservedAddress[];
}

/** Why a hook is called now, besides. */
export interface HookOccasion {
  readonly hook: HookName;
  readonly reason: string;
  /** For `scale` and `upgrade`: instances of the function before and from now on. */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  /** For `heal`: the chain whose proof failed. */
  readonly chain?: string;
}

/** A function with hooks. */
export type HookedPod = PodSpec & {
  readonly forwards: Required<Pick<NonNullable<PodSpec['forwards']>, 'hooks' | 'service'>> &
    NonNullable<PodSpec['forwards']>;
};

export function isHooked(pod: PodSpec): pod is HookedPod {
  return pod.forwards?.hooks !== undefined && pod.forwards.service !== undefined;
}

/**
 * @param containers those whose addresses are known, on other nodes as well
 * @param outputs of all functions that there are, by pod
 */
export function hookInputs(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
  pod: HookedPod,
  outputs: Readonly<Record<string, Outputs>>,
): HookInputs {
  const { service, mode, pod: led } = pod.forwards;
  const running = containers.filter(({ state }) => state === 'running');
  const placeOf = (name: string): Place => ({ pod: name, addresses: addressesOf(running, name) });
  const placesOf = (name: string): Place[] => {
    const pods = [...podsOfService(spec, running, name), ...instancesOf(spec, name).map((one) => one.name)];
    return [...new Set(pods)].map(placeOf);
  };
  const chains = chainsWith(spec, pod).map((chain) => hookChain(chain, service, placesOf));
  const ends = new Set(chains.flatMap(({ from, to }) => [from, to]).filter((end) => isService(spec, end)));
  const others = instancesOf(spec, service).filter(({ name }) => name !== pod.name);
  const uses = pod.containers.flatMap(({ outputsOf = [] }) => outputsOf);
  return {
    function: {
      service,
      pod: pod.name,
      instance: pod.index ?? 1,
      mode,
      ...(led !== undefined && { led }),
      addresses: placeOf(pod.name).addresses,
    },
    chains,
    peers: Object.fromEntries([...ends].sort().map((end) => [end, placesOf(end)])),
    instances: others.map(({ name }) => placeOf(name)),
    outputsOf: Object.fromEntries(uses.map((fn) => [fn, outputsByPod(spec, fn, outputs)])),
  };
}

/** The pods whose addresses a function is told, itself among them. */
export function concernedBy(spec: DeploymentSpec, pod: HookedPod): PodSpec[] {
  const names = new Set(chainsWith(spec, pod).flatMap(({ from, to, through }) => [from, to, ...through]));
  names.add(pod.forwards.service);
  return spec.pods.filter(
    ({ service = '', forwards, role }) =>
      names.has(forwards?.service ?? '') || ((role === 'service' || role === 'oneoff') && names.has(service)),
  );
}

/** The pods that are a function with hooks. */
export function instancesOf({ pods }: Pick<DeploymentSpec, 'pods'>, service: string): HookedPod[] {
  return pods.filter(isHooked).filter(({ forwards }) => forwards.service === service);
}

/** What a function has put out, by pod. */
export function outputsByPod(
  spec: Pick<DeploymentSpec, 'pods'>,
  service: string,
  outputs: Readonly<Record<string, Outputs>>,
): Record<string, Outputs> {
  return Object.fromEntries(instancesOf(spec, service).map(({ name }) => [name, outputs[name] ?? {}]));
}

/** The chains that lead through a pod. */
function chainsWith({ chains = [], pods }: DeploymentSpec, { name }: PodSpec): ChainSpec[] {
  const led = pods.filter((pod) => functionsOf(pod).includes(name)).flatMap((pod) => pod.chains ?? []);
  const names = new Set(led.filter(({ path }) => path.includes(name)).map(({ chain }) => chain));
  return chains.filter((chain) => names.has(chain.name));
}

function hookChain(
  { name, from, to, ports, through, onFailure }: ChainSpec,
  service: string,
  placesOf: (name: string) => Place[],
): HookChain {
  const at = through.indexOf(service);
  const neighbour = (end: string): Neighbour => ({ name: end, places: placesOf(end) });
  return {
    name,
    from,
    to,
    ports: ports.map(servicePortsText),
    through,
    position: at + 1,
    onFailure,
    before: neighbour(through[at - 1] ?? from),
    after: neighbour(through[at + 1] ?? to),
  };
}

/** Here or on another node. */
function isService({ pods, elsewhere = [] }: DeploymentSpec, name: string): boolean {
  return (
    pods.some(({ role, service }) => role === 'service' && service === name) ||
    elsewhere.some(({ service }) => service === name)
  );
}
