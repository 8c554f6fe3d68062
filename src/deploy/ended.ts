import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import { startsAgain } from '../selector/restart.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import type { Plan } from './step.ts';

/** Milliseconds that a process has to run before it is taken to have started. */
const atOnce = 200;
/** Lines of its log that are quoted. */
const quoted = 5;

/** A container that ended, with its exit code and what it said last. */
export async function endedError(
  engine: Engine,
  service: string,
  { name, exitCode }: Pick<ObservedContainer, 'name' | 'exitCode'>,
): Promise<HeddleError> {
  const said: string[] = [];
  try {
    const log = await engine.console.logs(name, { follow: false, timestamps: false, tail: quoted });
    for await (const { text } of log) said.push(`  ${text}`);
  } catch {
    // Without its log the message is still true.
  }
  const last = said.length > 0 ? `, and said last:\n${said.join('\n')}` : ', and said nothing';
  return new HeddleError('ERR_SERVICE_ENDED', `${service}: ${name} ended with exit code ${exitCode}${last}`);
}

/** Whether a container is started again when it has ended with this code. */
export function isRestarted(spec: DeploymentSpec, name: string, exitCode: number | undefined): boolean {
  const containers = spec.pods.flatMap((pod) => pod.containers);
  const policy = containers.find((container) => container.name === name)?.restart;
  return policy !== undefined && startsAgain(policy, exitCode);
}

/**
 * The services that a plan started and that failed at once, for good: an exit code other than 0, and nothing that would
 * start them again.
 */
export async function endedAtOnce({ engine, spec }: DeployContext, plan: Plan): Promise<HeddleError[]> {
  const started = new Set(
    plan.steps.flatMap(({ kind, subject }) =>
      kind === 'createContainer' || kind === 'startContainer' ? [subject] : [],
    ),
  );
  const containers = spec.pods.flatMap(({ service, containers }) =>
    containers
      .filter(({ name, role }) => role === 'application' && started.has(name) && !isRestarted(spec, name, 1))
      .map(({ name }) => ({ name, service: service ?? '' })),
  );
  const errors = await Promise.all(
    containers.map(async ({ name, service }) => {
      const ended = await endOf(engine, name);
      return ended?.exitCode ? [await endedError(engine, service, ended)] : [];
    }),
  );
  return errors.flat();
}

/** The container if it has ended, or ends while it is still young. */
async function endOf(engine: Engine, name: string): Promise<ObservedContainer | undefined> {
  const began = performance.now();
  for (;;) {
    const container = await engine.workloads.inspect(name);
    if (container?.state === 'stopped' && container.exitCode !== undefined) return container;
    // By the clock it may be older than it is, or not have been started yet: then it is looked at for as long as it may be.
    const age = Math.max(Date.now() - (container?.startedAt ?? 0), performance.now() - began);
    if (container?.state !== 'stopped' && (container?.state !== 'running' || age > atOnce)) return undefined;
    await sleep(20);
  }
}
