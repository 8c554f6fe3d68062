import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import type { ShaperLimits } from '../../../networks/path/shaper/limits.ts';
import { chainOf } from '../../../selector/led.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { ShaperRecord } from '../contract.ts';
import { readQueues } from './queues.ts';

/**
 * What the shapers of an application, or of some of its services, did. One that just does not run is left out.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when none of them has one
 */
export async function readShapers(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
): Promise<ShaperRecord[]> {
  const read = shapersOf(spec, services).map(async ({ agent, service, pod, chain, limits }) => {
    const { exitCode, stdout } = await engine.console.exec(agent, ['tc', '-s', '-j', 'qdisc', 'show']);
    return exitCode === 0 ? readQueues(stdout, limits).map((one) => ({ service, pod, chain, ...one })) : [];
  });
  return (await Promise.all(read)).flat();
}

interface Shaper {
  readonly agent: string;
  readonly service: string;
  /** The pod whose traffic it limits. */
  readonly pod: string;
  /** In which it stands; empty: it is the service's own. */
  readonly chain: string;
  readonly limits: ShaperLimits;
}

function shapersOf(spec: DeploymentSpec, services: readonly string[]): Shaper[] {
  const shapers = spec.pods.flatMap(({ name, service = '', function: fn, containers }): Shaper[] =>
    fn?.kind === 'shaper' && (services.length === 0 || services.includes(service))
      ? [
          {
            agent: containers[0]?.name ?? '',
            service,
            pod: fn.pod,
            chain: chainOf(spec, name),
            limits: fn.settings,
          },
        ]
      : [],
  );
  if (shapers.length > 0) return shapers;
  throw new HeddleError(
    'ERR_FEATURE_IMPOSSIBLE',
    `${services.join(', ') || spec.project}: no service has a shaper`,
    { hint: 'write `x-heddle: {manage: {shaper: {ingress: 10mbit}}}` in a service and run `heddle up`' },
  );
}
