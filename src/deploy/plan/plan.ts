import { HeddleError } from '../../lib/errors.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { type Observed, podOf } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import { planClaims } from './claims.ts';
import { orderDrains } from './drains.ts';
import { planFunctions } from './functions.ts';
import { planGuard } from './guard.ts';
import { planHooks, planStarts } from './hooks.ts';
import { planImages } from './images.ts';
import { inDependencyOrder } from './order.ts';
import { surplusOf } from './orphans.ts';
import { planPeers } from './peers.ts';
import { type Planning, type PlanOptions, replicasByService } from './planning.ts';
import { planPod } from './pod.ts';
import { planProofs } from './proofs.ts';
import { isIdleRank, planRanks } from './ranks.ts';
import { planRemoval } from './removal.ts';
import { planRenewed } from './renewed.ts';
import { planNetworks, planVolumes } from './resources.ts';
import { planScales } from './scale-hooks.ts';
import { withStopHooks } from './stop-hooks.ts';
import { planWaits } from './waits.ts';

/**
 * The steps from what is observed to what is specified, each with its reason. Pure: same input, same plan.
 * @throws HeddleError ERR_PROJECT_FOREIGN when the project has objects that Heddle did not make
 */
export function plan(spec: DeploymentSpec, observed: Observed, options: PlanOptions): Plan {
  refuseForeign(spec.project, observed);
  const builder = new PlanBuilder();
  const pods = new Map(spec.pods.map((pod) => [pod.name, pod]));
  const planning: Planning = {
    spec,
    observed,
    options,
    builder,
    pods,
    replicas: replicasByService(spec.pods),
  };
  const wanted = withFunctions(
    planning,
    spec.pods.filter((pod) => isWanted(planning, pod)),
  );
  if (options.mode === 'heal' && wanted.length === 0) return builder.build(spec.project);

  for (const { network, cautions } of options.mode === 'up' ? (spec.choices ?? []) : [])
    for (const caution of cautions) builder.warn(`networks.${network}: ${caution}`);
  planImages(planning, wanted);
  planVolumes(planning);
  const changedNetworks = planNetworks(planning);
  for (const pod of inDependencyOrder(wanted)) planPod(planning, pod, changedNetworks);
  const renewed = planRenewed(planning, wanted);
  planFunctions(planning, [...wanted, ...renewed]);
  planWaits(planning, wanted);
  planHooks(planning, wanted);
  planRanks(planning, wanted);
  if (options.mode === 'up') planRemoval(planning, surplusOf(planning), 'it is no longer in the file');
  planClaims(planning);
  planPeers(planning, wanted);
  planGuard(planning, wanted);
  planProofs(planning, wanted);
  planStarts(planning, wanted);
  planScales(planning);
  orderDrains(planning);
  return withStopHooks(builder.build(spec.project), observed);
}

function isWanted(planning: Planning, pod: PodSpec): boolean {
  const { observed, options } = planning;
  if (pod.role === 'oneoff' || pod.oneOff) return true;
  if (pod.service && options.stopped?.has(pod.service)) return false;
  if (options.mode === 'heal' && !options.ranks && isIdleRank(planning, pod)) return false;
  if (pod.service && options.only && !options.only.has(pod.service)) return false;
  return (
    options.mode === 'up' ||
    options.settled !== false ||
    observed.containers.some((one) => podOf(one) === pod.name)
  );
}

/** What the traffic of those passes that are wanted is wanted, too, unless it was stopped on purpose. */
function withFunctions({ spec, options }: Planning, wanted: readonly PodSpec[]): PodSpec[] {
  const passed = new Set(wanted.flatMap(functionsOf));
  const is = new Set(wanted);
  return spec.pods.filter(
    (pod) =>
      is.has(pod) || (passed.has(pod.name) && pod.forwards && !options.stopped?.has(pod.service ?? '')),
  );
}

function refuseForeign(project: string, observed: Observed): void {
  const networks = observed.networks
    .filter((network) => !network.own)
    .map((network) => `network ${network.name}`);
  const volumes = observed.volumes.filter((volume) => !volume.own).map((volume) => `volume ${volume.name}`);
  const foreign = [...observed.foreign.map((name) => `container ${name}`), ...networks, ...volumes];
  if (foreign.length === 0) return;
  throw new HeddleError(
    'ERR_PROJECT_FOREIGN',
    `project ${project} is not Heddle's: there is ${foreign.slice(0, 5).join(', ')}${foreign.length > 5 ? ', …' : ''}`,
  );
}
