import { route } from '../../api/contract.ts';
import type { Feature, FeatureHost } from '../feature.ts';
import { shaperContract } from './contract.ts';
import { shaperMetrics } from './metrics.ts';
import { readShapers } from './reader/shaper.ts';

/** What shapers in the path of services let pass and dropped. */
export const shaper: Feature = {
  name: 'shaper',
  routes: [
    route(shaperContract, (node: FeatureHost, { params: { project }, query }) => {
      const { services = [] } = query;
      return readShapers(node.engine, node.specOf(project, services), services);
    }),
  ],
  metrics: shaperMetrics,
};
