import type { ChainProof } from '../proof/proof.ts';
import type { Group } from './groups.ts';
import { podEndOf } from './names.ts';
import { Panel } from './panel.ts';
import { passagesAt } from './passage.ts';
import { linksIn, type PathEnds } from './scene.ts';

/** Functions of a chain that probes did not come through. */
export type Unproven = ReadonlyMap<string, ReadonlySet<string>>;

/** Of chains that probes were sent through: where nobody is at the other end nothing is proved of instances. Pure. */
export function unprovenOf(
  outcomes: readonly {
    readonly proof: Pick<ChainProof, 'chain' | 'passings'>;
    readonly unproven: ReadonlySet<string>;
  }[],
): Unproven {
  const sent = outcomes.filter(({ proof }) => proof.passings.length > 0);
  return new Map(sent.map(({ proof, unproven }) => [proof.chain, unproven]));
}

/**
 * Gives new flows to the instances of functions that have been proven, of a pod's chains, and none to others.
 * @param unproven by chain; one that is left out was not proved, and stays as it is
 * @throws HeddleError ERR_NETWORK
 */
export function settleInstances(ends: PathEnds, unproven: Unproven): Promise<void> {
  const panel = new Panel(ends.project);
  return panel.gathering(() => settle(panel, ends, unproven));
}

async function settle(panel: Panel, { pod, chains }: PathEnds, unproven: Unproven): Promise<void> {
  const groups = await panel.groups();
  if (groups.size === 0) return;
  const patch = await linksIn(panel.namespace);
  const ends = patch.flatMap((link) => podEndOf(link) ?? []).filter((end) => end.pod === pod);
  const byPort = new Map(
    ends.flatMap((end) => passagesAt(end, patch)).map((passage) => [passage.outer, passage]),
  );
  const wanted = new Map(
    chains?.chains.map(({ chain, functions }) => [chain, new Set(functions.map(({ name }) => name))]),
  );
  const settled = [...groups].flatMap(([id, group]) => {
    const members = group.instances.map(({ outer }) => byPort.get(outer));
    const chain = members.find((member) => member)?.chain;
    const failed = chain === undefined ? undefined : unproven.get(chain);
    if (chain === undefined || !failed) return [];
    const names = members.map((member) => member?.function);
    const after = settledGroup(group, names, wanted.get(chain) ?? new Set(), failed);
    return after ? [[id, after] as const] : [];
  });
  await panel.gather(settled);
}

/**
 * A group whose instances are given new flows as they are proven: those that are not wanted are given some until all are that are
 * wanted. Nothing: it stays as it is, since none is, or nothing changes. Pure.
 * @param names of the functions, by the places of the instances
 */
export function settledGroup(
  group: Group,
  names: readonly (string | undefined)[],
  wanted: ReadonlySet<string>,
  unproven: ReadonlySet<string>,
): Group | undefined {
  const isWanted = names.map((name) => name !== undefined && wanted.has(name));
  const isProven = names.map((name, at) => isWanted[at] === true && !unproven.has(name ?? ''));
  if (!isProven.includes(true)) return undefined;
  const isWhole = isWanted.every((is, at) => !is || isProven[at]);
  const instances = group.instances.map((instance, at) => ({
    ...instance,
    isActive: isProven[at] === true || (!isWhole && !isWanted[at] && instance.isActive),
  }));
  const isSame = instances.every(({ isActive }, at) => isActive === group.instances[at]?.isActive);
  return isSame ? undefined : { ...group, instances };
}
