import { HeddleError } from '../../../lib/errors.ts';
import type { Place } from '../../../networks/etarch/client/frame-pipe.ts';
import type { NodeOptions } from '../../command.ts';

export interface PlaceOptions {
  readonly network?: string;
  readonly endpoint?: string;
  readonly netns?: string;
  readonly interface?: string;
}

/**
 * Where an entity is: the interface of an endpoint, or one that the options name.
 * @throws HeddleError ERR_USAGE when neither is said, ERR_RESOURCE_UNKNOWN
 */
export async function placeOf(options: NodeOptions & PlaceOptions, title: string): Promise<Place> {
  const { network, endpoint = title, netns, interface: name = 'eth0' } = options;
  if (netns !== undefined)
    return { interface: name, namespace: netns.startsWith('/') ? netns : `/run/netns/${netns}` };
  if (network === undefined) {
    if (options.interface !== undefined) return { interface: name };
    throw new HeddleError('ERR_USAGE', 'one of --network, --netns and --interface is needed');
  }
  const { presentNode } = await import('../../node-connection.ts');
  const { networking } = presentNode(options);
  const { archetype } = await networking.networks.read(network);
  if (archetype !== 'etarch')
    throw new HeddleError(
      'ERR_USAGE',
      `network ${network} is of ${archetype}: titles and workspaces are on networks of etarch`,
    );
  const { attachment } = await networking.endpoints(network).read(endpoint);
  if (attachment.kind === 'namespace') return { interface: attachment.interface, namespace: attachment.path };
  if (attachment.kind === 'interface') return { interface: attachment.interface };
  throw new HeddleError(
    'ERR_USAGE',
    `endpoint ${endpoint} of ${network}: what it gives access to is not on this host`,
    { hint: 'run the command where it is, with --interface' },
  );
}
