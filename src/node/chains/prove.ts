import { setTimeout as wait } from 'node:timers/promises';
import { notesOf, outOfService } from '../../deploy/function-hooks/readiness.ts';
import { pathEnds } from '../../deploy/path-ends.ts';
import { sandboxIn } from '../../deploy/running-sandbox.ts';
import { stoppedFunctions } from '../../deploy/stopped.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { settleInstances, unprovenOf } from '../../networks/path/patch/settle.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { readTelemetry } from '../../networks/path/telemetry/read.ts';
import { type PanelTelemetry, sinceThen } from '../../networks/path/telemetry/telemetry.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { Applications } from '../applications.ts';
import { attachedSpec } from '../desired.ts';
import { chainStatuses } from './status.ts';

/**
 * What is known of the chains of an application.
 * @param during seconds that are waited for: what passes meanwhile is its traffic. Absent: all so far
 * @throws HeddleError ERR_PROJECT_UNKNOWN
 */
export async function chainsOf(
  applications: Applications,
  project: string,
  during?: number,
): Promise<ChainStatus[]> {
  const specNow = () => applications.servicesOf(project, []).desired.spec;
  const spec = specNow();
  if (during === undefined || !spec.chains) return statusesNow(applications, spec);
  const before = await readTelemetry(project, []).catch(() => undefined);
  await wait(during * 1000);
  return statusesNow(applications, specNow(), before);
}

/** The same of what is wanted. `before`: what had passed before what is of interest. */
export async function statusesNow(
  applications: Applications,
  spec: DeploymentSpec,
  before?: PanelTelemetry,
): Promise<ChainStatus[]> {
  const { project } = spec;
  if (!spec.chains) return [];
  const containers = await applications.engine.workloads.containers(project);
  const context = applications.context(spec);
  const stopped = stoppedFunctions(spec, containers, await outOfService(context, containers));
  const hooks = { notes: await notesOf(spec, context.folder), containers };
  const running = spec.pods.flatMap((pod) => {
    const pid = sandboxIn(containers, pod)?.pid;
    return pid === undefined ? [] : [{ name: pod.name, pid }];
  });
  const passed = new Set(spec.pods.flatMap(functionsOf));
  const functions = running.filter(({ name }) => passed.has(name));
  // What changes just now may not be there to be read.
  const telemetry = await readTelemetry(project, functions).catch(() => undefined);
  const passing = telemetry && before ? sinceThen(before, telemetry) : telemetry;
  return chainStatuses(spec, applications.proofs.of(project), stopped, hooks, passing);
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
      await settleInstances(ends, unprovenOf(outcomes));
    }
    const asked = spec.chains?.filter(({ name }) => names.length === 0 || names.includes(name));
    return statusesNow(applications, { ...spec, ...(asked && { chains: asked }) });
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
