import { type Route, route } from '../contract.ts';
import {
  eventsContract,
  killContract,
  pauseContract,
  rmContract,
  statsContract,
  topContract,
  unpauseContract,
  waitContract,
} from '../contracts/handling.ts';
import type { NodeService } from '../node-service.ts';

/** What is done with single services and containers. */
export const handlingRoutes: readonly Route<NodeService>[] = [
  route(killContract, (node: NodeService, { params, body, report }) =>
    node.kill(params.project, body, report),
  ),
  route(rmContract, (node: NodeService, { params, body, report }) => node.rm(params.project, body, report)),
  route(pauseContract, (node: NodeService, { params, body, report }) =>
    node.pause(params.project, body.services ?? [], report),
  ),
  route(unpauseContract, (node: NodeService, { params, body, report }) =>
    node.unpause(params.project, body.services ?? [], report),
  ),
  route(topContract, (node: NodeService, { params, query }) =>
    node.top(params.project, query.services ?? []),
  ),
  route(waitContract, (node: NodeService, { params, query, gone }) =>
    node.wait(params.project, query.services ?? [], gone),
  ),
  route(eventsContract, (node: NodeService, { params, query, gone }) =>
    node.events(params.project, query, gone),
  ),
  route(statsContract, (node: NodeService, { params, query, gone }) =>
    node.stats(params.project, query, gone),
  ),
];
