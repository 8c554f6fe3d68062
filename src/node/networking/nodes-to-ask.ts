import { HeddleError } from '../../lib/errors.ts';
import { readIfThere } from '../../networks/standard/ensure.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';

/**
 * Which other nodes see what passes on a network of several; none: this one does. `local`: what this one has; `shared`: what all have;
 * `from`: the endpoint that is asked about, whose node alone sees what it sends.
 * @throws HeddleError ERR_NETWORK_ELSEWHERE when nobody does
 */
export async function nodesToAsk(
  local: NetworkingService,
  shared: NetworkingService,
  { name, status }: Network,
  from?: string,
): Promise<readonly string[]> {
  const isHere = (await readIfThere(local.networks, name)) !== undefined;
  const here = isHere && from !== undefined ? await readIfThere(local.endpoints(name), from) : undefined;
  if (here?.attachment.kind === 'remote') return [here.attachment.node];
  if (isHere) return [];
  if (from !== undefined) {
    const { node } = await shared.endpoints(name).read(from);
    if (node !== undefined) return [node];
  }
  const nodes = (status.nodes ?? []).map((node) => node.name);
  if (nodes.length === 0) throw elsewhereError(name, nodes);
  return nodes;
}

export function elsewhereError(network: string, nodes: readonly string[]): HeddleError {
  return new HeddleError(
    'ERR_NETWORK_ELSEWHERE',
    nodes.length === 0
      ? `network ${network} lives on no node: nothing passes on it before it has an endpoint`
      : `network ${network} is not on this node: it lives on ${nodes.join(', ')}`,
  );
}
