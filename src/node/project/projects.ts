import { randomBytes } from 'node:crypto';
import type { MakeRequest, ProjectService } from '../../api/project.ts';
import type { Applications } from '../applications.ts';
import { expectServices } from '../known-names.ts';
import { followedReplicas } from './followed.ts';
import { engineOf, type Maker, placed, prepareMake } from './making.ts';
import { readSource, selectSource } from './read.ts';

/** Who makes them. */
type Making = Maker & Pick<Applications, 'plan' | 'up'>;

/** What is done with projects that clients send: they are read and selected from here, and go on as their specification. */
export function projectsOf(applications: Making): ProjectService {
  const prepare = (request: MakeRequest) => prepareMake(applications, request);
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
      const descriptor = await placed(applications, read);
      const { application, warnings } = descriptor;
      expectServices(application.name, services, Object.keys(application.services));
      const scale = followedReplicas(application.services, applications.desired(application.name)?.spec);
      const once = oneOff && { ...oneOff, name: oneOff.name ?? nameOf(application.name, oneOff.service) };
      return {
        application,
        warnings,
        spec: selectSource(descriptor, project, {
          engine: engineOf(applications),
          scale,
          ...(once && { oneOff: once }),
        }),
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
