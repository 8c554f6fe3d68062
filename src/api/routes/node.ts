import { type Route, route } from '../contract.ts';
import { bondsContract } from '../contracts/bonds.ts';
import { edgeServicesContract, followEdgeServicesContract } from '../contracts/edge.ts';
import { linkContract, linksContract, rotateLinkKeysContract } from '../contracts/links.ts';
import {
  costContract,
  infoContract,
  inspectContract,
  metricsContract,
  nodeLogsContract,
  nodeStatusContract,
  nodesContract,
  removeNodeContract,
} from '../contracts/node.ts';
import type { NodeService } from '../node-service.ts';

export const metricsRoutes: readonly Route<Pick<NodeService, 'metrics'>>[] = [
  route(metricsContract, (node: Pick<NodeService, 'metrics'>) => node.metrics()),
];

export const inspectRoutes: readonly Route<NodeService>[] = [
  route(inspectContract, (node: NodeService, { params, query }) =>
    node.inspect(params.project, query.services ?? []),
  ),
];

/** What the node is, and what it sees of every application. */
export const nodeRoutes: readonly Route<NodeService>[] = [
  route(infoContract, (node: NodeService) => node.info()),
  route(nodeStatusContract, (node: NodeService) => node.nodeStatus()),
  route(nodesContract, (node: NodeService) => node.nodes()),
  route(removeNodeContract, async (node: NodeService, { params }) => {
    await node.removeNode(params.node);
    return { name: params.node };
  }),
  route(bondsContract, (node: NodeService) => node.bonds()),
  route(linksContract, (node: NodeService) => node.links()),
  route(linkContract, (node: NodeService, { params }) => node.link(params.node)),
  route(rotateLinkKeysContract, (node: NodeService) => ({ publicKey: node.rotateLinkKeys() })),
  route(nodeLogsContract, (node: NodeService, { query, gone }) => node.nodeLogs(query, gone)),
  ...metricsRoutes,
  route(costContract, (node: NodeService, { params, query }) => node.cost(params.project, query.since ?? 0)),
  ...inspectRoutes,
  route(edgeServicesContract, (node: NodeService, { gone }) => node.edgeServices(gone)),
  route(followEdgeServicesContract, (node: NodeService, { gone }) => node.followEdgeServices(gone)),
];
