import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { PodChain } from '../selector/chain-spec.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';
import { podOf } from './observed.ts';

// Functions of any image whose program does not run, and what that means for the chains that they are in. Pure.

/**
 * Ids of the processes that a function ends with, its program's; nothing: it does not run. Of what the catalogue has the rules are
 * the kernel's, and stay in force.
 * @param isOut whether nothing may pass with this process: the engine may not miss it yet, or it is not ready
 */
export function programsOf(
  { name, forwards, containers }: PodSpec,
  observed: readonly ObservedContainer[],
  isOut: (pid: number) => boolean = () => false,
): readonly number[] | undefined {
  if (!forwards) return [];
  const own = observed.filter((container) => podOf(container) === name);
  const isThere = own.some(({ labels, state }) => labels[label.role] === 'sandbox' && state === 'running');
  const programs = programNames({ forwards, containers });
  const running = programs.flatMap((program) => {
    const found = own.find((container) => container.name === program);
    const runs = found?.state === 'running' || found?.state === 'paused';
    return runs && !(found.pid !== undefined && isOut(found.pid)) ? [found] : [];
  });
  if (!isThere || running.length < programs.length) return undefined;
  return running.flatMap(({ pid }) => pid ?? []);
}

/** The containers of a function of any image that it does not run without: agents that watch it are none. */
export function programNames({ forwards, containers }: Pick<PodSpec, 'forwards' | 'containers'>): string[] {
  return forwards ? containers.flatMap(({ name, feature }) => (feature === undefined ? [name] : [])) : [];
}

/** The functions that do not run. */
export function stoppedFunctions(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  observed: readonly ObservedContainer[],
  isOut?: (pid: number) => boolean,
): ReadonlySet<string> {
  const stopped = pods.filter((pod) => pod.forwards && !programsOf(pod, observed, isOut));
  return new Set(stopped.map(({ name }) => name));
}

/**
 * Functions of any image that a specification lacks, and that do not run: instances that go when others have taken their place, and
 * may have flows until then. What else it lacks may be among them; what the catalogue has is not.
 */
export function stoppedBesides(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  observed: readonly ObservedContainer[],
  isOut: (pid: number) => boolean = () => false,
): ReadonlySet<string> {
  const known = new Set(pods.map(({ name }) => name));
  const besides = Map.groupBy(
    observed.filter((container) => !known.has(podOf(container))),
    podOf,
  );
  const runs = ({ state, pid }: ObservedContainer) =>
    (state === 'running' || state === 'paused') && !(pid !== undefined && isOut(pid));
  const stopped = [...besides].filter(([, own]) => {
    const holder = own.find(({ labels }) => labels[label.role] === 'sandbox');
    const programs = own.filter((one) => one !== holder && one.labels[label.feature] === undefined);
    // Of the catalogue it has a sandbox of its own role, and no program.
    if (programs.length === 0 && holder?.labels[label.podRole] === 'function') return false;
    return holder?.state !== 'running' || programs.length === 0 || !programs.every(runs);
  });
  return new Set(stopped.map(([name]) => name));
}

/** Whether a chain of that name goes on without a function that does not run. */
export function isOpenOnFailure({ pods }: Pick<DeploymentSpec, 'pods'>, name: string): boolean {
  return pods.some(({ chains = [] }) =>
    chains.some(({ chain, onFailure }) => chain === name && onFailure === 'open'),
  );
}

/** The chains of a pod that lead through a function, and do one thing or the other without it. */
export function chainsThrough(
  { chains = [] }: Pick<PodSpec, 'chains'>,
  fn: string,
  onFailure: PodChain['onFailure'],
): string[] {
  return chains.flatMap((one) => (one.onFailure === onFailure && one.path.includes(fn) ? [one.chain] : []));
}

/**
 * A pod as its traffic is led now: chains that are open on failure do without functions that do not run, and of which none is left
 * are none; an instance that does not run is done without where another does.
 * @param standIns those that go on where none is left, before a chain does without
 */
export function ledNow(
  pod: PodSpec,
  stopped: ReadonlySet<string>,
  standIns: ReadonlyMap<string, readonly Pick<PodSpec, 'name'>[]> = new Map(),
): PodSpec {
  if (!pod.chains) return pod;
  const chains = pod.chains.map((chain) => {
    const led = (fn: string): readonly string[] => {
      if (!stopped.has(fn)) return [fn];
      if (hasOthers(chain, fn, stopped)) return [];
      return chain.onFailure === 'open' ? (standIns.get(fn) ?? []).map(({ name }) => name) : [fn];
    };
    return { ...chain, path: [...new Set(chain.path.flatMap(led))] };
  });
  return { ...pod, chains: chains.filter(({ path }) => path.length > 0) };
}

/** Whether another instance runs that stands beside one. */
export function hasOthers({ instances = {} }: PodChain, fn: string, stopped: ReadonlySet<string>): boolean {
  const beside = Object.values(instances).find((all) => all.includes(fn)) ?? [];
  return beside.some((other) => other !== fn && !stopped.has(other));
}
