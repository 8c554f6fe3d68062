import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { Applications } from './applications.ts';
import { serviceOf } from './replica.ts';

/** The application's own containers of services, one-offs included; of all, when none is named. */
export async function containersOf(
  applications: Applications,
  project: string,
  services: readonly string[],
): Promise<ObservedContainer[]> {
  const { names } = applications.servicesOf(project, services);
  const containers = await applications.engine.workloads.containers(project);
  return containers
    .filter(({ labels }) => labels[label.role] === 'application')
    .filter((container) => names.includes(serviceOf(container)))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
