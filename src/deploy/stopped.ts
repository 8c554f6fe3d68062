import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { PodChain } from '../selector/chain-spec.ts';
import type { DeploymentSpec, PodSpec } from '../selector/spec.ts';
import { podOf } from './observed.ts';

// Functions of any image whose program does not run, and what that means for the chains that they are in. Pure.

/**
 * Ids of the processes that a function ends with, its program's; nothing: it does not run. Of what the catalogue has the rules are
 * the kernel's, and stay in force.
 * @param hasEnded of a process that the engine may not miss yet
 */
export function programsOf(
  { name, forwards, containers }: PodSpec,
  observed: readonly ObservedContainer[],
  hasEnded: (pid: number) => boolean = () => false,
): readonly number[] | undefined {
  if (!forwards) return [];
  const own = observed.filter((container) => podOf(container) === name);
  const isThere = own.some(({ labels, state }) => labels[label.role] === 'sandbox' && state === 'running');
  // Agents that watch it are none of its program.
  const programs = containers.filter(({ feature }) => feature === undefined);
  const running = programs.flatMap((wanted) => {
    const found = own.find((container) => container.name === wanted.name);
    const runs = found?.state === 'running' || found?.state === 'paused';
    return runs && !(found.pid !== undefined && hasEnded(found.pid)) ? [found] : [];
  });
  if (!isThere || running.length < programs.length) return undefined;
  return running.flatMap(({ pid }) => pid ?? []);
}

/** The functions that do not run. */
export function stoppedFunctions(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  observed: readonly ObservedContainer[],
  hasEnded?: (pid: number) => boolean,
): ReadonlySet<string> {
  const stopped = pods.filter((pod) => pod.forwards && !programsOf(pod, observed, hasEnded));
  return new Set(stopped.map(({ name }) => name));
}

/** The functions that a chain leads through now: one that is open on failure does without those that do not run. */
export function passedBy({ onFailure, path }: PodChain, stopped: ReadonlySet<string>): readonly string[] {
  return onFailure === 'open' ? path.filter((fn) => !stopped.has(fn)) : path;
}

/** A pod as its traffic is led now: chains of which no function is left are none. */
export function ledNow(pod: PodSpec, stopped: ReadonlySet<string>): PodSpec {
  if (!pod.chains) return pod;
  const chains = pod.chains.map((chain) => ({ ...chain, path: passedBy(chain, stopped) }));
  return { ...pod, chains: chains.filter(({ path }) => path.length > 0) };
}
