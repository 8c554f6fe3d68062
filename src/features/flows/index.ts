import { route } from '../../api/contract.ts';
import type { Feature, FeatureHost } from '../feature.ts';
import { type FlowQuery, flowsContract, followFlowsContract, topTalkersContract } from './contract.ts';
import { flowsMetrics } from './metrics.ts';
import { readFlows } from './reader/flows.ts';
import { followFlows } from './reader/follow.ts';
import { readTop } from './reader/top.ts';

/** What probes beside services saw, and their collector keeps. */
export const flows: Feature = {
  name: 'flows',
  routes: [
    route(flowsContract, (node: FeatureHost, { params, query }) => read(node, params.project, query)),
    route(topTalkersContract, async (node: FeatureHost, { params: { project }, query }) => {
      const spec = node.specOf(project, query.services ?? []);
      return readTop(node.engine, spec, query, node.assignments(project, query.since ?? 0));
    }),
    route(followFlowsContract, (node: FeatureHost, { params: { project }, query, gone }) => {
      const since = query.since ?? Date.now();
      return followFlows((from) => read(node, project, { ...query, since: from }), since, gone);
    }),
  ],
  metrics: flowsMetrics,
};

async function read(node: FeatureHost, project: string, query: FlowQuery) {
  const spec = node.specOf(project, query.services ?? []);
  return readFlows(node.engine, spec, query, node.assignments(project, query.since ?? 0));
}
