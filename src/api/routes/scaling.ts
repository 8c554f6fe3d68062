import { type Route, route } from '../contract.ts';
import { scalingContract } from '../contracts/scaling.ts';
import type { NodeService } from '../node-service.ts';

export const scalingRoutes: readonly Route<NodeService>[] = [
  route(scalingContract, (node: NodeService, { params }) => node.scaling(params.project)),
];
