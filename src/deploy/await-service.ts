import { availableParallelism } from 'node:os';
import PQueue from 'p-queue';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import type { DependencySpec } from '../selector/spec.ts';
import { awaitCondition, isHealthy } from './await-condition.ts';
import { endedError } from './ended.ts';

/** Milliseconds between two looks. */
const interval = 100;
/** A look costs an engine a process: many services that start at once would be slowed down by being asked. */
const looks = new PQueue({ concurrency: availableParallelism() });

/**
 * Waits until every replica of a service is as `depends_on` wants it.
 * @throws HeddleError ERR_SERVICE_UNHEALTHY, ERR_SERVICE_ENDED as soon as it cannot become so any more
 */
export async function awaitService(
  engine: Engine,
  dependency: DependencySpec,
  containers: readonly string[],
  isRestarted: (name: string, exitCode: number | undefined) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { service, condition } = dependency;
  const waiting = new Set(containers);
  const look = async (): Promise<boolean> => {
    for (const name of waiting) {
      const isSo = async () => {
        const container = await engine.workloads.inspect(name);
        await refuseEnded(engine, dependency, container, isRestarted);
        if (!container) return false;
        return condition === 'service_healthy'
          ? isHealthy(service, container) || (await probe(engine, container))
          : container.state === 'stopped' && container.exitCode === 0;
      };
      if (await looks.add(isSo)) waiting.delete(name);
    }
    return waiting.size === 0;
  };
  await awaitCondition(dependency, interval, look, signal);
}

/**
 * Asks the health check itself, rather than wait for the engine's next turn: a dependent starts when the service is
 * ready, not an interval later. What the engine shows follows at once where it takes the result from Heddle.
 */
async function probe(engine: Engine, container: ObservedContainer): Promise<boolean> {
  if (container.state !== 'running' || !container.healthcheck) return false;
  const [kind, ...words] = container.healthcheck.test;
  const command = kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : words;
  const healthy = await engine.console.exec(container.name, command).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  // Only for those who look at it later: nobody waits for it.
  if (healthy) void engine.workloads.checkHealth?.(container.name).catch(() => {});
  return healthy;
}

/** What has ended, with nothing to start it again, will not become healthy; and what has failed has not completed. */
async function refuseEnded(
  engine: Engine,
  { service, condition }: Pick<DependencySpec, 'service' | 'condition'>,
  container: ObservedContainer | undefined,
  isRestarted: (name: string, exitCode: number | undefined) => boolean,
): Promise<void> {
  // Right after its end an engine may not know the exit code yet.
  if (container?.state !== 'stopped' || container.exitCode === undefined) return;
  const hasCompleted = condition !== 'service_healthy' && container.exitCode === 0;
  if (hasCompleted || isRestarted(container.name, container.exitCode)) return;
  throw await endedError(engine, service, container);
}
