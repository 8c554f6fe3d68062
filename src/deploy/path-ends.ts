import { HeddleError } from '../lib/errors.ts';
import type { FunctionPlace, PathEnds } from '../networks/path/patch/scene.ts';
import { functionsOf, isSharedFunction, routingOf } from '../selector/led.ts';
import type { PodSpec } from '../selector/spec.ts';
import { chainsPlace } from './chains-place.ts';
import type { DeployContext } from './context.ts';
import { withFar } from './far.ts';
import { outOfService } from './function-hooks/readiness.ts';
import { running, sandboxIn } from './running-sandbox.ts';
import { standInsFor } from './stand-ins.ts';
import { ledNow, programsOf, stoppedFunctions } from './stopped.ts';
import { hasVersions } from './versions.ts';

/**
 * Where a pod runs, with all functions that its traffic is to pass, and what its chains are told by.
 * @throws HeddleError ERR_ENGINE where one does not run, ERR_NETWORK, ERR_CHAIN_IMPOSSIBLE
 */
export async function pathEnds(context: DeployContext, pod: PodSpec): Promise<PathEnds> {
  const { project, spec } = context;
  const containers = await context.engine.workloads.containers(project);
  const besides = [...standInsFor(spec, containers).values()].flat();
  const isOut = await outOfService(
    { ...context, spec: { ...spec, pods: [...spec.pods, ...besides] } },
    containers,
  );
  const standIns = standInsFor(spec, containers, isOut);
  const led = ledNow(pod, stoppedFunctions(spec, containers, isOut), standIns);
  const placeOf = (name: string): FunctionPlace => {
    const wanted = spec.pods.find((one) => one.name === name);
    const fn = wanted ?? besides.find((one) => one.name === name);
    if (!fn) throw new HeddleError('ERR_INTERNAL', `${pod.name}: ${name} of its path is not specified`);
    const { pid } = running(fn, sandboxIn(containers, fn));
    return {
      name,
      pid,
      isShared: isSharedFunction(fn),
      ...(isSharedFunction(fn) && fn.service !== undefined && { position: fn.service }),
      ...(hasVersions(fn) && { keepsFlows: true }),
      hasManyWires: fn.forwards !== undefined,
      ...programPlace(programsOf(fn, containers, isOut), fn.forwards ? [pid] : []),
      // How one forwards that was made from something else, its interfaces tell.
      ...(wanted && routingOf(wanted)),
    };
  };
  const passed = functionsOf(led);
  const shared = spec.pods.filter((fn) => isSharedFunction(fn) && !passed.includes(fn.name));
  const { pid } = running(pod, sandboxIn(containers, pod));
  const functions = pod.path.map(placeOf);
  const chains = await chainsPlace(context, await withFar(context, containers), led, placeOf);
  // In one that does not run nothing is left.
  const others = shared.filter((fn) => sandboxIn(containers, fn)?.pid !== undefined);
  return {
    project,
    pod: pod.name,
    pid,
    functions,
    others: others.map(({ name }) => placeOf(name)),
    ...(chains && { chains }),
  };
}

/** It ends with its sandbox as well. */
function programPlace(
  programs: readonly number[] | undefined,
  sandbox: readonly number[],
): Pick<FunctionPlace, 'isStopped' | 'programs'> {
  return programs ? { isStopped: false, programs: [...programs, ...sandbox] } : { isStopped: true };
}
