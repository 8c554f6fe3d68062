import { expectOf } from '../checks.ts';
import { type Route, route } from '../contract.ts';
import {
  downContract,
  logsContract,
  planContract,
  restartContract,
  startContract,
  statusContract,
  stopContract,
  summariesContract,
  upContract,
} from '../contracts/applications.ts';
import type { NodeService } from '../node-service.ts';

export const applicationRoutes: readonly Route<NodeService>[] = [
  route(summariesContract, (node: NodeService) => node.summaries()),
  route(statusContract, (node: NodeService, { params, query }) =>
    node.status(params.project, query.services ?? []),
  ),
  route(planContract, async (node: NodeService, { params, body }) => {
    expectOf(params.project, body.spec);
    return node.plan(body);
  }),
  route(upContract, async (node: NodeService, { params, body, report, gone }) => {
    expectOf(params.project, body.spec);
    await node.up(body, report, gone);
  }),
  route(downContract, (node: NodeService, { params, body, report, gone }) =>
    node.down(params.project, body, report, gone),
  ),
  route(stopContract, (node: NodeService, { params, body, report, gone }) =>
    node.stop(params.project, body, report, gone),
  ),
  route(startContract, (node: NodeService, { params, body, report, gone }) =>
    node.start(params.project, body, report, gone),
  ),
  route(restartContract, (node: NodeService, { params, body, report, gone }) =>
    node.restart(params.project, body, report, gone),
  ),
  route(logsContract, (node: NodeService, { params, query, gone }) => node.logs(params.project, query, gone)),
];
