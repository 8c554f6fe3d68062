import { HeddleError } from '../../lib/errors.ts';
import { readIfThere } from '../../networks/standard/ensure.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';

/**
 * Refuses to say what passes on a network of several nodes where this one sees nothing of it. `local`: what this one has; `from`: the
 * endpoint that is asked about.
 * @throws HeddleError ERR_NETWORK_ELSEWHERE
 */
export async function checkHere(local: NetworkingService, network: Network, from?: string): Promise<void> {
  const { name, status } = network;
  if (!(await readIfThere(local.networks, name))) throw elsewhereError(name, status.nodes ?? []);
  const sender = from === undefined ? undefined : await readIfThere(local.endpoints(name), from);
  if (sender?.attachment.kind === 'remote')
    throw new HeddleError(
      'ERR_NETWORK_ELSEWHERE',
      `endpoint ${from} of ${name} is on node ${sender.attachment.node}, which alone sees what it sends`,
    );
}

function elsewhereError(name: string, nodes: readonly { readonly name: string }[]): HeddleError {
  const where = nodes.map((node) => node.name).join(', ');
  return new HeddleError(
    'ERR_NETWORK_ELSEWHERE',
    where === ''
      ? `network ${name} lives on no node: nothing passes on it before it has an endpoint`
      : `network ${name} is not on this node: it lives on ${where}`,
  );
}
