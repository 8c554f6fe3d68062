import { pathEnds } from '../../deploy/path-ends.ts';
import { stoppedFunctions } from '../../deploy/stopped.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { settleInstances } from '../../networks/path/patch/settle.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { Applications } from '../applications.ts';
import { attachedSpec } from '../desired.ts';
import { chainStatuses } from './status.ts';

/** What is known of the chains of an application. @throws HeddleError ERR_PROJECT_UNKNOWN */
export async function chainsOf(applications: Applications, project: string): Promise<ChainStatus[]> {
  const { desired } = applications.servicesOf(project, []);
  return statusesNow(applications, desired.spec);
}

/** The same of what is wanted. */
export async function statusesNow(applications: Applications, spec: DeploymentSpec): Promise<ChainStatus[]> {
  const { project } = spec;
  if (!spec.chains) return [];
  const containers = await applications.engine.workloads.containers(project);
  const stopped = stoppedFunctions(spec, containers, (pid) => applications.proofs.hasEnded(pid));
  return chainStatuses(spec, applications.proofs.of(project), stopped);
}

/**
 * Proves chains at all pods that they are enforced at, and says what came of it. Nothing else is done to the application meanwhile.
 * @param names empty: all
 * @throws HeddleError ERR_PROJECT_UNKNOWN, ERR_CHAIN_UNKNOWN, and what keeps probes from being sent
 */
export async function proveNow(
  applications: Applications,
  project: string,
  names: readonly string[],
): Promise<ChainStatus[]> {
  expectChains(applications.servicesOf(project, []).desired.spec, names);
  return applications.exclusively(project, async () => {
    const spec = attachedSpec(applications.servicesOf(project, []).desired);
    const context = applications.context(spec);
    for (const pod of spec.pods) {
      const own = pod.chains?.map(({ chain }) => chain) ?? [];
      const asked = names.length === 0 ? own : own.filter((chain) => names.includes(chain));
      if (asked.length === 0) continue;
      // What does not run cannot be proved; the others can.
      const ends = await pathEnds(context, pod).catch((error) => {
        if (isHeddleError(error, 'ERR_ENGINE')) return undefined;
        throw error;
      });
      if (!ends) continue;
      const outcomes = await applications.proofs.prove(ends, asked);
      await settleInstances(ends, new Map(outcomes.map(({ proof, unproven }) => [proof.chain, unproven])));
    }
    const statuses = await statusesNow(applications, spec);
    return statuses.filter(({ chain }) => names.length === 0 || names.includes(chain));
  });
}

function expectChains({ project, chains = [] }: DeploymentSpec, names: readonly string[]): void {
  const known = chains.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new HeddleError('ERR_CHAIN_UNKNOWN', `${project} has no chain "${unknown}"`, {
    hint: didYouMean(unknown, known),
  });
}
