import { settleInstances, unprovenOf } from '../networks/path/patch/settle.ts';
import { insertPath } from '../networks/path/path.ts';
import { failureOf } from '../networks/path/proof/proof.ts';
import type { PodSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { expectProven } from './expect-proven.ts';
import { pathEnds } from './path-ends.ts';

/**
 * Proves the chains of a pod, and gives new flows to the instances that are proven.
 * @param note told when there was nobody to prove a chain with
 * @throws HeddleError ERR_CHAIN_UNPROVEN, ERR_NETWORK
 */
export async function provePod(
  context: DeployContext,
  pod: PodSpec,
  note: (text: string) => void,
): Promise<void> {
  const first = await prove(context, pod);
  const hasFailed = first.outcomes.some(({ proof }) => failureOf(proof) !== undefined);
  // Others elsewhere may have come, or moved, since it was led: nobody waits for them here.
  const { ends, outcomes } = hasFailed && context.spec.elsewhere ? await leadAnew(context, pod) : first;
  await settleInstances(ends, unprovenOf(outcomes));
  expectProven(
    outcomes.map(({ proof }) => proof),
    note,
  );
}

async function leadAnew(context: DeployContext, pod: PodSpec) {
  await insertPath(await pathEnds(context, pod));
  return prove(context, pod);
}

async function prove(context: DeployContext, pod: PodSpec) {
  const ends = await pathEnds(context, pod);
  return { ends, outcomes: await context.proofs.prove(ends) };
}
