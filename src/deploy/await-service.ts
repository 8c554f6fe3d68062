import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import { HeddleError } from '../lib/errors.ts';
import type { DependencySpec } from '../selector/spec.ts';
import { endedError } from './ended.ts';

/** Milliseconds between two looks; longer when a look itself takes longer, so that they take half of the time at most. */
const interval = 100;
/** A look costs an engine a process: many services that start at once would be slowed down by being asked. */
const looks = new PQueue({ concurrency: availableParallelism() });
/** A dependency that is not there after so long will not come; health checks end their own waits earlier. */
const timeout = 10 * 60_000;

/**
 * Waits until every replica of a service is as `depends_on` wants it.
 * @throws HeddleError ERR_SERVICE_UNHEALTHY, ERR_SERVICE_ENDED as soon as it cannot become so any more
 */
export async function awaitService(
  engine: Engine,
  { service, condition }: DependencySpec,
  containers: readonly string[],
  isRestarted: (name: string, exitCode: number | undefined) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeout;
  const waiting = new Set(containers);
  while (!signal?.aborted) {
    const began = performance.now();
    for (const name of waiting) {
      const look = async () => {
        const container = await engine.workloads.inspect(name);
        await refuseEnded(engine, { service, condition }, container, isRestarted);
        return condition === 'service_healthy'
          ? isHealthy(service, container) || (await probe(engine, container))
          : container?.state === 'stopped' && container.exitCode === 0;
      };
      if (await looks.add(look)) waiting.delete(name);
    }
    if (waiting.size === 0) return;
    if (performance.now() > deadline) {
      throw new HeddleError(
        'ERR_TIMEOUT',
        `${service}: not ${condition.replace('service_', '')} after ${timeout / 60_000} minutes`,
      );
    }
    await sleep(Math.max(interval, performance.now() - began), undefined, signal ? { signal } : {}).catch(
      () => {},
    );
  }
}

/**
 * Asks the health check itself, rather than wait for the engine's next turn: a dependent starts when the service is
 * ready, not an interval later. What the engine shows follows at once where it takes the result from Heddle.
 */
async function probe(engine: Engine, container: ObservedContainer | undefined): Promise<boolean> {
  if (container?.state !== 'running' || !container.healthcheck) return false;
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

function isHealthy(service: string, container: ObservedContainer | undefined): boolean {
  if (container?.state === 'running' && container.health === 'healthy') return true;
  if (container?.health === 'unhealthy') {
    throw new HeddleError('ERR_SERVICE_UNHEALTHY', `${service}: ${container.name} is unhealthy`);
  }
  if (container?.state === 'running' && container.health === undefined) {
    throw new HeddleError('ERR_SERVICE_UNHEALTHY', `${service}: ${container.name} has no health check`, {
      hint: 'give the service a healthcheck, or wait for service_started',
    });
  }
  return false;
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
