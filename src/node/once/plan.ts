import type { OnceRequest } from '../../api/contracts/exec.ts';
import { HeddleError } from '../../lib/errors.ts';
import { functionsOf } from '../../selector/led.ts';
import type { DeploymentSpec, PodSpec } from '../../selector/spec.ts';
import { attachedSpec, type Desired } from '../desired.ts';

/** What a one-off needs around it. */
export interface Surroundings {
  readonly pod: PodSpec;
  /** The application with the one-off in it. */
  readonly spec: DeploymentSpec;
  /** The services that have to run first. */
  readonly dependencies: readonly string[];
  /** Services that this is not about. */
  readonly others: ReadonlySet<string>;
  /** What is wanted from now on; nothing where nothing else is than before. */
  readonly wanted: Desired | undefined;
}

/**
 * Decides what is done for a one-off: what runs already is left as it is, whatever the file says by now. Pure.
 * @throws HeddleError ERR_USAGE for a specification without a one-off
 */
export function surroundings(
  request: Pick<OnceRequest, 'spec' | 'dependencies'>,
  desired: Desired | undefined,
): Surroundings {
  const { spec } = request;
  const own = spec.pods.filter(({ role, oneOff }) => role === 'oneoff' || oneOff);
  const [pod, ...more] = own.filter(({ role }) => role === 'oneoff');
  if (!pod || more.length > 0)
    throw new HeddleError('ERR_USAGE', 'run: the specification has no one-off, or several');
  const application: DeploymentSpec = { ...spec, pods: spec.pods.filter((other) => !own.includes(other)) };
  const dependencies = request.dependencies ? dependenciesOf(pod, application.pods) : [];
  const before = desired && attachedSpec(desired);
  const known = new Set(before?.pods.flatMap(({ service }) => service ?? []));
  const far = new Set(before?.elsewhere?.map(({ service }) => service));
  const covered =
    before !== undefined && dependencies.every((service) => known.has(service) || far.has(service));
  const base = covered ? before : application;
  const all = [...new Set(base.pods.flatMap(({ service }) => service ?? []))];
  const others = new Set(all.filter((service) => !dependencies.includes(service)));
  const present = new Set(desired ? [...known].filter((service) => !desired.stopped.includes(service)) : []);
  return {
    pod,
    spec: together(base, spec, own, dependencies.length > 0),
    dependencies,
    others,
    wanted: wantedNow(desired, covered, application, { dependencies, all, present }),
  };
}

/** All that has to be there before: what it depends on, what that depends on, in whose network it lives, what its traffic passes. */
function dependenciesOf(pod: PodSpec, pods: readonly PodSpec[]): string[] {
  const found = new Set<string>();
  const visit = (one: PodSpec) => {
    const { sandbox } = one;
    const near = [...functionsOf(one), ...(sandbox.kind === 'pod' ? [sandbox.pod] : [])];
    const owners = pods.flatMap(({ name, role, service }) =>
      role === 'service' && service !== undefined && near.includes(name) ? service : [],
    );
    const needed = one.containers.flatMap(({ dependsOn }) => dependsOn.map(({ service }) => service));
    for (const service of [...needed, ...owners]) {
      if (found.has(service)) continue;
      found.add(service);
      pods.filter((other) => other.role === 'service' && other.service === service).forEach(visit);
    }
  };
  visit(pod);
  return [...found];
}

function wantedNow(
  desired: Desired | undefined,
  covered: boolean,
  application: DeploymentSpec,
  services: { dependencies: readonly string[]; all: readonly string[]; present: ReadonlySet<string> },
): Desired | undefined {
  const { dependencies, all, present } = services;
  if (dependencies.length === 0) return undefined;
  const stopped = all.filter((service) => !dependencies.includes(service) && !present.has(service));
  if (desired && covered)
    return { ...desired, stopped: desired.stopped.filter((one) => !dependencies.includes(one)) };
  return { spec: application, stopped, settled: true };
}

/** Without services to start, nothing that only watches them is started either. */
function together(
  base: DeploymentSpec,
  given: DeploymentSpec,
  own: readonly PodSpec[],
  withOthers: boolean,
): DeploymentSpec {
  const joined = <Item extends { readonly name: string }>(
    first: readonly Item[],
    second: readonly Item[],
  ) => [...first, ...second.filter(({ name }) => !first.some((one) => one.name === name))];
  return {
    ...base,
    images: { ...base.images, ...given.images },
    networks: joined(base.networks, given.networks),
    volumes: joined(base.volumes, given.volumes),
    pods: [...base.pods.filter(({ service }) => service !== undefined || withOthers), ...own],
  };
}
