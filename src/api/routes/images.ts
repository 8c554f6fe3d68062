import { type Route, route } from '../contract.ts';
import { buildContract, imagesContract, pullContract, pushContract } from '../contracts/images.ts';
import type { NodeService } from '../node-service.ts';

export const usedImageRoutes: readonly Route<NodeService>[] = [
  route(imagesContract, (node: NodeService, { params, query }) =>
    node.images(params.project, query.services ?? []),
  ),
];

export const imageRoutes: readonly Route<NodeService>[] = [
  ...usedImageRoutes,
  route(buildContract, (node: NodeService, { body, report }) => node.buildImages(body, report)),
  route(pullContract, (node: NodeService, { body, report }) => node.pullImages(body, report)),
  route(pushContract, (node: NodeService, { body, report }) => node.pushImages(body, report)),
];
