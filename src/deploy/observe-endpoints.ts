import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { DeployContext } from './context.ts';
import type { ObservedEndpoint } from './observed.ts';

type Looking = Pick<DeployContext, 'networking' | 'project' | 'spec' | 'known'>;
type Labelled = Pick<ObservedContainer, 'labels'>;

/**
 * The endpoints of a project on networks that are not the engine's: its own networks, those that it names, and those that its
 * containers say they are on: who looks may not know the file that they are from.
 */
export async function observeEndpoints(
  { networking, project, spec, known = [] }: Looking,
  containers: readonly Labelled[],
): Promise<ObservedEndpoint[]> {
  const named = new Set([
    ...[spec, ...known].flatMap(({ networks }) =>
      networks.filter(({ owner }) => owner !== 'engine').map(({ name }) => name),
    ),
    ...containers.flatMap(({ labels }) => (labels[label.networks] ?? '').split(',')),
  ]);
  const all = await networking.networks.list();
  const concerned = all.filter(({ name, labels }) => labels[label.project] === project || named.has(name));
  const found = await Promise.all(concerned.map(({ name }) => networking.endpoints(name).list()));
  return found
    .flat()
    .filter(({ labels }) => labels[label.project] === project)
    .map(({ name, network, labels, status }) => ({
      pod: labels[label.pod] ?? name,
      network,
      ...(labels[label.hash] !== undefined && { hash: labels[label.hash] }),
      ...(labels[label.run] !== undefined && { run: labels[label.run] }),
      isReady: status.phase === 'ready',
    }));
}
