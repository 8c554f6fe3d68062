import { randomBytes } from 'node:crypto';
import type { UpRequest } from '../../api/messages.ts';
import type { FilesWanted, MakeRequest, ProjectService } from '../../api/project.ts';
import type { Descriptor } from '../../descriptor/index.ts';
import type { Diagnostic } from '../../lib/errors.ts';
import type { Applications } from '../applications.ts';
import { expectServices } from '../known-names.ts';
import { namesExternals, withExternals } from './externals.ts';
import { readSource, selectSource } from './read.ts';
import { replicasOf } from './replicas.ts';
import { upRequest } from './up-request.ts';

/** Who makes them. */
type Making = Pick<Applications, 'engine' | 'networks' | 'status' | 'plan' | 'up'>;

/** What is done with projects that clients send: they are read and selected from here, and go on as their specification. */
export function projectsOf(applications: Making): ProjectService {
  const { kind, endpoint, offers } = applications.engine;
  const engine = { name: `${kind} at ${endpoint}`, offers };
  const placed = async (descriptor: Descriptor) =>
    namesExternals(descriptor) ? withExternals(descriptor, await applications.networks()) : descriptor;
  const prepare = async (
    request: MakeRequest,
  ): Promise<{ readonly up: UpRequest; readonly warnings: readonly Diagnostic[] } | FilesWanted> => {
    const read = readSource(request.project, request.services);
    if ('wanted' in read) return read;
    const descriptor = await placed(read);
    const { name, services } = descriptor.application;
    const now = request.keepScale ? replicasOf(Object.keys(services), await applications.status(name)) : {};
    const spec = selectSource(descriptor, request.project, { engine, scale: { ...now, ...request.scale } });
    return { up: upRequest(request, spec, descriptor), warnings: descriptor.warnings };
  };
  return {
    readProject: ({ project, services = [] }) => {
      const descriptor = readSource(project, services);
      if ('wanted' in descriptor) return descriptor;
      const { application, warnings } = descriptor;
      expectServices(application.name, services, Object.keys(application.services));
      return { application, warnings };
    },
    selectProject: async ({ project, services = [], oneOff }) => {
      const read = readSource(project, services);
      if ('wanted' in read) return read;
      const descriptor = await placed(read);
      const { application, warnings } = descriptor;
      expectServices(application.name, services, Object.keys(application.services));
      const once = oneOff && { ...oneOff, name: oneOff.name ?? nameOf(application.name, oneOff.service) };
      return {
        application,
        warnings,
        spec: selectSource(descriptor, project, { engine, ...(once && { oneOff: once }) }),
      };
    },
    planProject: async (request) => {
      const prepared = await prepare(request);
      if ('wanted' in prepared) return prepared;
      return { warnings: prepared.warnings, plan: await applications.plan(prepared.up) };
    },
    upProject: async (request, report, gone) => {
      const prepared = await prepare(request);
      if ('wanted' in prepared) return report({ type: 'wanted', ...prepared });
      const { up, warnings } = prepared;
      report({ type: 'project', name: up.spec.project, warnings });
      return applications.up(up, report, gone);
    },
  };
}

/** Of a one-off that was given none. */
function nameOf(project: string, service: string): string {
  return `${project}-${service}-run-${randomBytes(6).toString('hex')}`;
}
