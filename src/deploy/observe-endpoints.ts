import { label } from '../lib/labels.ts';
import type { DeployContext } from './context.ts';
import type { ObservedEndpoint } from './observed.ts';

type Looking = Pick<DeployContext, 'networking' | 'project' | 'spec' | 'known'>;

/** The endpoints of a project on networks that are not the engine's: its own networks, and those that it names. */
export async function observeEndpoints({
  networking,
  project,
  spec,
  known = [],
}: Looking): Promise<ObservedEndpoint[]> {
  const named = new Set(
    [spec, ...known].flatMap(({ networks }) =>
      networks.filter(({ owner }) => owner !== 'engine').map(({ name }) => name),
    ),
  );
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
