import type { OperationEvent, UpRequest } from '../api/messages.ts';
import type { DeployContext } from '../deploy/context.ts';
import { observeWithImages } from '../deploy/observe.ts';
import type { Observed } from '../deploy/observed.ts';
import { orphansOf } from '../deploy/plan/orphans.ts';
import { plan } from '../deploy/plan/plan.ts';
import type { PlanOptions } from '../deploy/plan/planning.ts';
import { shownPlan } from '../deploy/plan/shown.ts';
import { withoutStarting } from '../deploy/plan/without-starting.ts';
import { preflight } from '../deploy/preflight.ts';
import { runPlan, runUp } from '../deploy/run.ts';
import { type Scope, scopeOf, servicesOf } from '../deploy/scope.ts';
import type { Plan } from '../deploy/step.ts';
import { hasVersions, withVersions } from '../deploy/versions.ts';
import { label } from '../lib/labels.ts';
import { throughInstances } from '../selector/instances.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { catchUpFirst } from './catch-up.ts';
import { refuseClash } from './clash.ts';
import type { Desired } from './desired.ts';
import { expectServices } from './known-names.ts';

/** What `up` is going to do, and what is wanted from then on. */
export interface Preparation {
  readonly context: DeployContext;
  readonly plan: Plan;
  readonly wanted: Desired;
}

/**
 * Looks, and plans what a request asks for. Changes nothing.
 * @throws HeddleError ERR_SERVICE_UNKNOWN, ERR_PROJECT_CLASH, and what a plan is refused for
 */
export async function prepareUp(
  request: UpRequest,
  before: Desired | undefined,
  contextOf: (spec: DeploymentSpec) => DeployContext,
): Promise<Preparation> {
  const { spec } = request;
  expectServices(spec.project, request.services ?? [], servicesIn(request));
  const chosen = scopeOf(spec, before?.spec, request);
  const known = before ? [before.spec, ...(before.earlier ? [before.earlier] : [])] : [];
  const versions = await withVersionsOf(contextOf(chosen.spec), chosen, request.recreate === 'never');
  const others = [...spec.pods, ...known.flatMap(({ pods }) => pods)];
  const scope = { ...chosen, spec: throughInstances(versions, others) };
  const context = { ...contextOf(scope.spec), known };
  const observed = await observeWithImages(context);
  const here = { ...spec.source, named: request.named === true };
  refuseClash(spec.project, here, before?.spec.source, observed.containers);
  const steps = plan(scope.spec, observed, optionsOf(request, scope, context));
  const planned = request.noStart ? withoutStarting(steps) : steps;
  await preflight(context, observed, planned);
  return {
    context,
    plan: { ...planned, warnings: [...planned.warnings, ...orphanWarnings(request, observed)] },
    wanted: wantedAfter(request, scope, before, observed),
  };
}

/** What is chosen, with the names of the versions that there are of functions, and of those that come. */
async function withVersionsOf(
  { engine, hash, spec, project }: DeployContext,
  { chosen }: Scope,
  keep: boolean,
): Promise<DeploymentSpec> {
  const versioned = spec.pods.filter(hasVersions);
  if (versioned.length === 0) return spec;
  const references = [...new Set(versioned.flatMap((pod) => pod.containers.map(({ image }) => image)))];
  const [containers, ...images] = await Promise.all([
    engine.workloads.containers(project),
    ...references.map(async (reference) => [reference, (await engine.images.find(reference))?.id] as const),
  ]);
  const present = images.flatMap(([reference, id]) => (id === undefined ? [] : [[reference, id] as const]));
  const told = { hash, images: Object.fromEntries(present), keep };
  return withVersions(spec, containers, told, (service) => chosen.has(service));
}

/** All that the file has, running or not. */
function servicesIn({ spec, inactive = [], empty = [] }: UpRequest): Set<string> {
  return new Set([...servicesOf(spec), ...inactive, ...empty]);
}

function optionsOf(request: UpRequest, scope: Scope, { hash, known }: DeployContext): PlanOptions {
  const { chosen, whole } = scope;
  return {
    mode: 'up',
    hash,
    build: request.build === true,
    only: chosen,
    whole,
    force: forced(request, scope),
    keep: request.recreate === 'never',
    renewVolumes: request.renewVolumes === true,
    ...(known && { known }),
    ...(request.timeout !== undefined && { grace: request.timeout }),
    ...(request.removeOrphans && { isOrphan: (service: string) => !servicesIn(request).has(service) }),
  };
}

/** `--force-recreate` is about what was named, `--always-recreate-deps` about what that depends on. */
function forced({ recreate, recreateDeps, services = [] }: UpRequest, { chosen, whole }: Scope): Set<string> {
  return new Set(
    [...chosen].filter((service) =>
      whole || services.includes(service) ? recreate === 'force' : recreateDeps === true,
    ),
  );
}

/** Who makes an application as a request says. */
export interface Maker {
  contextOf(spec: DeploymentSpec): DeployContext;
  want(desired: Desired): void;
  readonly signal: AbortSignal;
}

/** Makes an application as a request says, and has it wanted so. */
export async function bringUp(
  request: UpRequest,
  before: Desired | undefined,
  { contextOf, want, signal }: Maker,
  report: (event: OperationEvent) => void,
): Promise<void> {
  if (before) await catchUpFirst(contextOf(before.spec), before);
  const prepared = await prepareUp(request, before, contextOf);
  const context = { ...prepared.context, signal };
  const whole = (request.services ?? []).length === 0;
  want({ ...prepared.wanted, settled: !whole && before?.settled !== false });
  report({ type: 'plan', plan: shownPlan(prepared.plan) });
  await (request.noStart ? runPlan : runUp)(context, prepared.plan, report);
  want(prepared.wanted);
}

function wantedAfter(
  request: UpRequest,
  { spec, chosen, orphans }: Scope,
  before: Desired | undefined,
  { containers }: Observed,
): Desired {
  const had = new Set(before ? servicesOf(before.spec) : []);
  const runs = (service: string) =>
    containers.some(({ labels, state }) => labels[label.service] === service && state === 'running');
  const stopped = servicesOf(spec).filter((service) =>
    chosen.has(service)
      ? request.noStart === true && !runs(service)
      : before?.stopped.includes(service) || !had.has(service),
  );
  const left = spec.pods.filter(({ service }) => service && !chosen.has(service));
  const others = new Set(left.flatMap(({ name, containers }) => [name, ...containers.map(nameOf)]));
  const detached = before?.detached?.filter(({ container }) => others.has(container)) ?? [];
  const removed = before?.removed?.filter((pod) => others.has(pod)) ?? [];
  // What failed half-way was made from that specification in part, and from the one before it.
  const earlier = before?.settled === false ? before.earlier : before?.spec;
  return {
    spec,
    stopped,
    settled: true,
    ...(orphans.length > 0 && { orphans }),
    ...(detached.length > 0 && { detached }),
    ...(removed.length > 0 && { removed }),
    ...(earlier && { earlier }),
    ...originsAfter(request, spec, chosen, before),
  };
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** What services that follow metrics were made from: those that are chosen from what was sent now, where that was in files. */
function originsAfter(
  { origin }: UpRequest,
  { scaling = [] }: DeploymentSpec,
  chosen: ReadonlySet<string>,
  before: Desired | undefined,
): Pick<Desired, 'origins'> {
  const origins = scaling.flatMap(({ service }) => {
    const made = (chosen.has(service) ? origin : undefined) ?? before?.origins?.[service];
    return made ? [[service, made] as const] : [];
  });
  return origins.length > 0 ? { origins: Object.fromEntries(origins) } : {};
}

/** Says what of the project is there and not in the file, and how it is removed. */
function orphanWarnings(request: UpRequest, { containers }: Observed): string[] {
  if (request.removeOrphans) return [];
  const orphans = orphansOf(containers, servicesIn(request));
  if (orphans.size === 0) return [];
  const named = [...orphans].map(([service, names]) => `${service} (${names.join(', ')})`).join(', ');
  return [
    `the project ${request.spec.project} has services that are not in its file: ${named}; they are left alone, --remove-orphans removes them`,
  ];
}
