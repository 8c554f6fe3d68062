import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, ObservedContainer } from '../engines/engine.ts';
import { HeddleError } from '../lib/errors.ts';
import type { DependencySpec } from '../selector/spec.ts';

/** Milliseconds between two looks. */
const interval = 100;
/** A dependency that is not there after so long will not come; health checks end their own waits earlier. */
const patience = 10 * 60_000;

/**
 * Waits until every replica of a service is as `depends_on` wants it.
 * @throws HeddleError ERR_SERVICE_UNHEALTHY as soon as it cannot become so any more
 */
export async function awaitService(
  engine: Engine,
  { service, condition }: DependencySpec,
  containers: readonly string[],
): Promise<void> {
  const deadline = Date.now() + patience;
  const waiting = new Set(containers);
  while (waiting.size > 0) {
    for (const name of waiting) {
      const container = await engine.inspect(name);
      const fulfilled =
        condition === 'service_healthy'
          ? isHealthy(service, container) || (await probe(engine, container))
          : hasCompleted(service, container);
      if (fulfilled) waiting.delete(name);
    }
    if (waiting.size === 0) return;
    if (Date.now() > deadline) {
      throw new HeddleError(
        'ERR_TIMEOUT',
        `${service}: not ${condition.replace('service_', '')} after ${patience / 60_000} minutes`,
      );
    }
    await sleep(interval);
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
  const healthy = await engine.exec(container.name, command).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
  if (healthy) await engine.checkHealth?.(container.name);
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

function hasCompleted(service: string, container: ObservedContainer | undefined): boolean {
  if (container?.state !== 'stopped') return false;
  if (container.exitCode === 0) return true;
  throw new HeddleError(
    'ERR_SERVICE_UNHEALTHY',
    `${service}: ${container.name} ended with exit code ${container.exitCode}`,
  );
}
