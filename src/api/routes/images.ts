import { type Route, route } from '../contract.ts';
import {
  buildContract,
  imagesContract,
  loadImageContract,
  presentImagesContract,
  pullContract,
  pushContract,
} from '../contracts/images.ts';
import type { NodeService } from '../node-service.ts';

/** What other nodes ask, too. */
export const farImageRoutes: readonly Route<NodeService>[] = [
  route(imagesContract, (node: NodeService, { params, query }) =>
    node.images(params.project, query.services ?? []),
  ),
  route(presentImagesContract, (node: NodeService, { body }) => node.presentImages(body.wanted)),
  route(loadImageContract, async (node: NodeService, { query, body }) => {
    await node.loadImage(body, query);
    return {};
  }),
];

export const imageRoutes: readonly Route<NodeService>[] = [
  ...farImageRoutes,
  route(buildContract, (node: NodeService, { body, report }) => node.buildImages(body, report)),
  route(pullContract, (node: NodeService, { body, report }) => node.pullImages(body, report)),
  route(pushContract, (node: NodeService, { body, report }) => node.pushImages(body, report)),
];
