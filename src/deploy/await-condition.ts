import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../lib/errors.ts';
import type { DependencySpec } from '../selector/spec.ts';

/** A dependency that is not there after so long will not come; health checks end their own waits earlier. Milliseconds. */
const timeout = 10 * 60_000;

/**
 * Looks until a service is as `depends_on` wants it.
 * @param interval milliseconds between two looks; longer when a look itself takes longer, so that they take half of the time at most
 * @throws HeddleError ERR_TIMEOUT
 */
export async function awaitCondition(
  { service, condition }: DependencySpec,
  interval: number,
  look: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!signal?.aborted) {
    const began = performance.now();
    if (await look()) return;
    if (performance.now() > deadline) {
      const state = condition.replace('service_', '');
      throw new HeddleError('ERR_TIMEOUT', `${service}: not ${state} after ${timeout / 60_000} minutes`);
    }
    const pause = Math.max(interval, performance.now() - began);
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {});
  }
}

/** @throws HeddleError ERR_SERVICE_UNHEALTHY where it cannot become healthy */
export function isHealthy(
  service: string,
  {
    name,
    state,
    health,
  }: { readonly name: string; readonly state: string; readonly health?: string | undefined },
): boolean {
  if (state === 'running' && health === 'healthy') return true;
  if (health === 'unhealthy')
    throw new HeddleError('ERR_SERVICE_UNHEALTHY', `${service}: ${name} is unhealthy`);
  if (state === 'running' && health === undefined)
    throw new HeddleError('ERR_SERVICE_UNHEALTHY', `${service}: ${name} has no health check`, {
      hint: 'give the service a healthcheck, or wait for service_started',
    });
  return false;
}
