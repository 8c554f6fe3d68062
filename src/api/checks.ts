import type { FastifyInstance } from 'fastify';
import { HeddleError } from '../lib/errors.ts';
import { checkedName } from '../lib/names.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import { deploymentSpec } from '../selector/spec-schema.ts';

/** The project that a request names is a name, whatever route it is for. */
export function checkNames(server: FastifyInstance): void {
  server.addHook('preValidation', async ({ params }) => {
    const { project } = (params ?? {}) as { project?: string };
    if (project !== undefined) checkedName('project', project);
  });
}

/**
 * The specification that a client sent for a project.
 * @throws HeddleError ERR_USAGE saying the first thing that is wrong with it, and where
 */
export function checkedSpec(sent: unknown, project: string): DeploymentSpec {
  const checked = deploymentSpec.safeParse(sent);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const where = ['spec', ...(issue?.path ?? [])].join('.').slice(0, 200);
    throw new HeddleError('ERR_USAGE', `${where}: ${issue?.message ?? 'not understood'}`, {
      hint: '`heddle spec --format json` prints what a specification looks like',
    });
  }
  const spec = checked.data as unknown as DeploymentSpec;
  if (spec.project !== project) {
    throw new HeddleError(
      'ERR_USAGE',
      `the specification is of ${spec.project}, and the request about ${project}`,
    );
  }
  return spec;
}
