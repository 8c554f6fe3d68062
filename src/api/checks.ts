import { HeddleError } from '../lib/errors.ts';
import type * as z from '../lib/zod.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { deploymentSpec } from '../selector/spec-schema.ts';

/** What a client says is to be deployed. */
export const specification = deploymentSpec.meta({
  id: 'DeploymentSpec',
  description: '`heddle spec --format json` prints what a specification looks like',
}) as unknown as z.ZodType<DeploymentSpec, DeploymentSpec>;

/**
 * A request with a specification is about the project that the specification is of.
 * @throws HeddleError ERR_USAGE
 */
export function expectOf(project: string, spec: DeploymentSpec): void {
  if (spec.project === project) return;
  throw new HeddleError(
    'ERR_USAGE',
    `the specification is of ${spec.project}, and the request about ${project}`,
  );
}
