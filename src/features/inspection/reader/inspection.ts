import type { Engine } from '../../../engines/engine.ts';
import { HeddleError } from '../../../lib/errors.ts';
import { chainOf } from '../../../selector/led.ts';
import type { DeploymentSpec } from '../../../selector/spec.ts';
import type { InspectionRecord } from '../contract.ts';
import { readReport } from './report.ts';

/** Where an inspector writes what it has seen. */
const file = '/dev/shm/inspection.json';

/**
 * What the inspectors of an application, or of some of its services, have seen. One that has only just started is left out.
 * @throws HeddleError ERR_FEATURE_IMPOSSIBLE when none of them has one
 */
export async function readInspection(
  engine: Engine,
  spec: DeploymentSpec,
  services: readonly string[],
): Promise<InspectionRecord[]> {
  const seen = inspectorsOf(spec, services).map(async ({ agent, service, pod, chain }) => {
    const { exitCode, stdout } = await engine.console.exec(agent, ['cat', file]);
    return exitCode === 0 ? [{ service, pod, chain, ...readReport(stdout) }] : [];
  });
  return (await Promise.all(seen)).flat();
}

interface Inspector {
  readonly agent: string;
  readonly service: string;
  /** The pod whose traffic it sees. */
  readonly pod: string;
  /** In which it stands; empty: it is the service's own. */
  readonly chain: string;
}

function inspectorsOf(spec: DeploymentSpec, services: readonly string[]): Inspector[] {
  const inspectors = spec.pods.flatMap(({ name, service = '', function: fn, containers }): Inspector[] =>
    fn?.kind === 'inspection' && (services.length === 0 || services.includes(service))
      ? [{ agent: containers[0]?.name ?? '', service, pod: fn.pod, chain: chainOf(spec, name) }]
      : [],
  );
  if (inspectors.length > 0) return inspectors;
  throw new HeddleError(
    'ERR_FEATURE_IMPOSSIBLE',
    `${services.join(', ') || spec.project}: no service is inspected`,
    { hint: 'write `x-heddle: {manage: {inspection: true}}` in a service and run `heddle up`' },
  );
}
