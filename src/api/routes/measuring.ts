import { type Route, route } from '../contract.ts';
import {
  closeEndContract,
  endServersContract,
  openEndContract,
  serveTestContract,
} from '../contracts/measuring.ts';
import type { NodeService } from '../node-service.ts';

/** What a node does for a benchmark whose paths end there. */
export const measuringRoutes: readonly Route<NodeService>[] = [
  route(openEndContract, async (node: NodeService, { params, body }) =>
    (await node.measuringOn(params.node)).open(params.node, params.run, params.path, body.host),
  ),
  route(serveTestContract, async (node: NodeService, { params, body }) =>
    (await node.measuringOn(params.node)).serve(params.node, params.run, params.path, body),
  ),
  route(endServersContract, async (node: NodeService, { params }) => {
    await (await node.measuringOn(params.node)).endServers(params.node, params.run, params.path);
    return {};
  }),
  route(closeEndContract, async (node: NodeService, { params }) => {
    await (await node.measuringOn(params.node)).close(params.node, params.run, params.path);
    return {};
  }),
];
