import { HeddleError } from '../../lib/errors.ts';
import { label } from '../../lib/labels.ts';
import type { Network } from '../../networks/standard/network.ts';

/** @throws HeddleError ERR_RESOURCE_IN_USE when networks are of applications: these take them along */
export function refuseOfApplications(networks: readonly Pick<Network, 'name' | 'labels'>[]): void {
  const used = networks.filter(({ labels }) => labels[label.project] !== undefined);
  if (used.length === 0) return;
  const projects = [...new Set(used.map(({ labels }) => labels[label.project]))].join(', ');
  throw new HeddleError(
    'ERR_RESOURCE_IN_USE',
    `${used.map(({ name }) => name).join(', ')} are networks of the applications ${projects}`,
    { hint: 'take these down first: heddle down -p PROJECT' },
  );
}
