import type { ContainerSpec, DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import type { Observed } from '../observed.ts';
import type { Plan } from '../step.ts';
import { PlanBuilder } from './builder.ts';
import type { Planning } from './planning.ts';
import { isAlive, thawSteps } from './thaw.ts';
import { farStep } from './waits.ts';

/** Milliseconds that ranks have to end before they start again. */
const longestGrace = 2_000;

/**
 * The ranks of a job start when all of them can: none runs alone where another could not be made. One that runs while another is to
 * start is started again with it, since those that it had met are gone.
 */
export function planRanks(planning: Planning, wanted: readonly PodSpec[]): void {
  for (const { service } of planning.spec.jobs ?? []) {
    const pods = wanted.filter((pod) => pod.role === 'service' && pod.service === service);
    planGroup(
      planning,
      service,
      pods.flatMap(({ containers }) => containers.filter(isRank)),
    );
  }
}

function planGroup(planning: Planning, service: string, ranks: readonly ContainerSpec[]): void {
  const { builder, observed, options, spec } = planning;
  const names = ranks.map(({ name }) => name);
  const created = builder.idsOf('createContainer', names);
  const started = builder.idsOf('startContainer', names);
  if (created.length + started.length === 0) return;
  const elsewhere = spec.elsewhere?.filter((pod) => pod.service === service) ?? [];
  const reason = `ranks of ${service} start together`;
  const far =
    options.mode === 'up' && elsewhere.length > 0
      ? [farStep(builder, { service, condition: 'service_created', restart: false }, elsewhere)]
      : [];
  const stopped = ranks.flatMap(({ name, stopGracePeriod }) => {
    const present = observed.containers.find((one) => one.name === name);
    if (!present || !isAlive(present) || created.includes(`createContainer ${name}`)) return [];
    const thawed = thawSteps(builder, present, reason);
    return [builder.add('stopContainer', name, { name, grace: stopGracePeriod }, reason, thawed)];
  });
  for (const id of created) builder.withhold(id);
  // What shares a rank's processes, or depends on the job, waited for what started it.
  const after = builder.ids().filter((id) => builder.waitsOf(id).some((one) => created.includes(one)));
  const own = [...created, ...started.flatMap((id) => builder.waitsOf(id)), ...stopped];
  // Where one cannot be made here, nobody waits for the others: they wait for it.
  for (const id of far) builder.delay(id, own);
  const ready = [...own, ...far];
  for (const name of names) {
    const id = builder.add('startContainer', name, { name }, reason, ready);
    builder.delay(id, ready);
    for (const one of after)
      if (builder.waitsOf(one).includes(`createContainer ${name}`)) builder.delay(one, [id]);
  }
}

/** A rank of a job that does not run: whoever heals leaves it to who looks after the job. */
export function isIdleRank({ spec, observed }: Pick<Planning, 'spec' | 'observed'>, pod: PodSpec): boolean {
  if (pod.role !== 'service' || !spec.jobs?.some(({ service }) => service === pod.service)) return false;
  const names = pod.containers.filter(isRank).map(({ name }) => name);
  if (pod.sandbox.kind === 'own') names.push(pod.sandbox.name);
  return !names.every((name) => observed.containers.some((one) => one.name === name && isAlive(one)));
}

function isRank({ role }: ContainerSpec): boolean {
  return role === 'application';
}

/** Ends the ranks of a job that run, all at once; their sandboxes stay. */
export function stopRanksPlan(spec: DeploymentSpec, observed: Observed, service: string): Plan {
  const builder = new PlanBuilder();
  const reason = 'ranks start again together';
  for (const pod of spec.pods.filter((one) => one.role === 'service' && one.service === service)) {
    for (const { name, stopGracePeriod } of pod.containers.filter(isRank)) {
      const present = observed.containers.find((one) => one.name === name);
      if (!present || !isAlive(present)) continue;
      // They wait for one that is gone, and have nothing to end in good order.
      const grace = Math.min(stopGracePeriod, longestGrace);
      builder.add('stopContainer', name, { name, grace }, reason, thawSteps(builder, present, reason));
    }
  }
  return builder.build(spec.project);
}
