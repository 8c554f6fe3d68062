import { type Route, route } from '../contract.ts';
import { measuredContract, rememberContract } from '../contracts/measured.ts';
import type { NodeService } from '../node-service.ts';

export const measuredRoutes: readonly Route<NodeService>[] = [
  route(measuredContract, (node: NodeService) => [...node.measured()]),
  route(rememberContract, (node: NodeService, { body }) => {
    node.remember(body);
    return {};
  }),
];
