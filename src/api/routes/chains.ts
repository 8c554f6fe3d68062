import { type Route, route } from '../contract.ts';
import { chainsContract, proveChainsContract } from '../contracts/chains.ts';
import type { NodeService } from '../node-service.ts';

export const chainRoutes: readonly Route<NodeService>[] = [
  route(chainsContract, (node: NodeService, { params, query }) => node.chains(params.project, query.during)),
  route(proveChainsContract, (node: NodeService, { params, body }) =>
    node.proveChains(params.project, body.chains ?? []),
  ),
];
