import { type Route, route } from '../contract.ts';
import {
  planProjectContract,
  readContract,
  selectContract,
  upProjectContract,
} from '../contracts/projects.ts';
import type { NodeService } from '../node-service.ts';

export const projectRoutes: readonly Route<NodeService>[] = [
  route(readContract, (node: NodeService, { body }) => node.readProject(body)),
  route(selectContract, (node: NodeService, { body }) => node.selectProject(body)),
  route(planProjectContract, (node: NodeService, { body }) => node.planProject(body)),
  route(upProjectContract, (node: NodeService, { body, report, gone }) => node.upProject(body, report, gone)),
];
