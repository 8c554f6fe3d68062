import { StateFolder } from '../deploy/state-folder.ts';
import type { FeatureHost } from '../features/feature.ts';
import type { History } from '../state/history.ts';
import type { Applications } from './applications.ts';

/** What features read from on a running node. */
export function featureHost(applications: Applications, history: History, stateDir: string): FeatureHost {
  return {
    engine: applications.engine,
    specOf: (project, services) => applications.servicesOf(project, services).desired.spec,
    assignments: (project, since) => history.assignments(project, since),
    folderOf: (project) => new StateFolder(stateDir, project).path,
  };
}
