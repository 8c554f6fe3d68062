import { type Route, route } from '../contract.ts';
import { jobsContract, onRanksContract, ranksContract } from '../contracts/jobs.ts';
import type { NodeService } from '../node-service.ts';

export const jobRoutes: readonly Route<NodeService>[] = [
  route(jobsContract, (node: NodeService, { params }) => node.jobs(params.project)),
  route(ranksContract, (node: NodeService, { params }) => node.ranks(params.project, params.service)),
  route(onRanksContract, async (node: NodeService, { params, body }) => {
    await node.onRanks(params.project, params.service, body.action);
    return {};
  }),
];
