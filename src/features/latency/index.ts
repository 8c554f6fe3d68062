import { route } from '../../api/contract.ts';
import type { Feature, FeatureHost } from '../feature.ts';
import { latencyContract } from './contract.ts';
import { latencyMetrics } from './metrics.ts';
import { readLatency } from './reader/latency.ts';

/** What the senders of `latency` have measured. */
export const latency: Feature = {
  name: 'latency',
  routes: [
    route(latencyContract, (node: FeatureHost, { params: { project }, query }) => {
      const ends = [query.from, query.to].filter((end) => end !== undefined);
      return readLatency(node.folderOf(project), node.specOf(project, ends), query);
    }),
  ],
  metrics: latencyMetrics,
};
