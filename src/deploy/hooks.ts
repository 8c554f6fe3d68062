import type { Engine } from '../engines/engine.ts';
import type { ContainerHome } from '../engines/workloads.ts';
import { HeddleError } from '../lib/errors.ts';
import type { ContainerSpec, DeploymentSpec, PodSpec } from '../selector/spec.ts';
import { withPassed } from './anonymous-volumes.ts';
import type { DeployContext } from './context.ts';
import { homeOf } from './home.ts';
import { containerLabels } from './labels.ts';

type Hook = NonNullable<NonNullable<ContainerSpec['hooks']>['postStart']>[number];

/** Milliseconds that a hook may run. */
const timeout = 10 * 60_000;
/** Characters of what a hook said that are quoted. */
const quoted = 500;

/** The container of a pod that bears a name, as what runs was made; what is to be made may differ. */
export function findContainer(
  { spec, known = [] }: Pick<DeployContext, 'spec' | 'known'>,
  name: string,
): { readonly pod: PodSpec; readonly container: ContainerSpec } | undefined {
  const pods = [...known, spec].flatMap((each: DeploymentSpec) => each.pods);
  for (const pod of pods) {
    const container = pod.containers.find((candidate) => candidate.name === name);
    if (container) return { pod, container };
  }
  return undefined;
}

/** Runs what comes before the service's own process: in containers with its image, its namespaces and its mounts. */
export async function runPreStart(
  context: DeployContext,
  pod: PodSpec,
  container: ContainerSpec,
): Promise<void> {
  const { engine, project } = context;
  for (const [index, hook] of (container.hooks?.preStart ?? []).entries()) {
    const { hooks: _hooks, healthcheck: _healthcheck, ...rest } = container;
    const step: ContainerSpec = {
      ...rest,
      name: `${container.name}.pre-start`,
      key: 'pre-start',
      role: 'agent',
      entrypoint: [],
      command: hook.command,
      environment: { ...container.environment, ...hook.environment },
      healthcheck: 'disabled',
      ...(hook.user !== undefined && { user: hook.user }),
      ...(hook.workingDir !== undefined && { workingDir: hook.workingDir }),
      ...(hook.privileged && { privileged: true }),
    };
    const mounted = (await engine.workloads.inspect(container.name))?.anonymous ?? [];
    const home: ContainerHome = withPassed(await homeOf(context, pod, container), mounted);
    await engine.workloads.remove(step.name, 'keep');
    try {
      await engine.workloads.createContainer(step, home, containerLabels(project, pod, step, ''));
      await engine.workloads.start(step.name);
      const exitCode = await engine.workloads.ended(step.name, AbortSignal.timeout(timeout));
      if (exitCode !== 0)
        throw failed(`${container.name}: pre_start[${index}]`, exitCode, await lastWords(engine, step.name));
    } finally {
      await engine.workloads.remove(step.name, 'keep');
    }
  }
}

/** Runs what comes after each start, in order, in the container. */
export function runPostStart(context: DeployContext, container: ContainerSpec): Promise<void> {
  return runIn(context, container.name, 'post_start', container.hooks?.postStart ?? []);
}

/** Runs what comes before a container is stopped; one that has ended by itself is past it. */
export function runPreStop(context: DeployContext, container: ContainerSpec): Promise<void> {
  return runIn(context, container.name, 'pre_stop', container.hooks?.preStop ?? []);
}

async function runIn(
  { engine }: DeployContext,
  name: string,
  key: string,
  hooks: readonly Hook[],
): Promise<void> {
  for (const [index, { command, user, privileged, workingDir, environment }] of hooks.entries()) {
    const { exitCode, stdout, stderr } = await engine.console.exec(name, command, {
      ...(user !== undefined && { user }),
      ...(workingDir !== undefined && { workingDir }),
      privileged,
      environment: Object.entries(environment).map(([variable, value]) => `${variable}=${value}`),
      timeout,
    });
    if (exitCode !== 0) throw failed(`${name}: ${key}[${index}]`, exitCode, stderr.trim() || stdout.trim());
  }
}

async function lastWords(engine: Engine, name: string): Promise<string> {
  const said: string[] = [];
  for await (const { text } of await engine.console.logs(name, { follow: false, timestamps: false, tail: 5 }))
    said.push(text);
  return said.join('\n');
}

function failed(what: string, exitCode: number, said: string): HeddleError {
  const words =
    said === '' ? 'and said nothing' : `and said:\n  ${said.slice(-quoted).replaceAll('\n', '\n  ')}`;
  return new HeddleError('ERR_SERVICE_HOOK', `${what} ended with exit code ${exitCode}, ${words}`);
}
