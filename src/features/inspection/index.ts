import { route } from '../../api/contract.ts';
import type { Feature, FeatureHost } from '../feature.ts';
import { inspectionContract } from './contract.ts';
import { inspectionMetrics } from './metrics.ts';
import { readInspection } from './reader/inspection.ts';

/** Which applications the inspectors in the path of services have seen. */
export const inspection: Feature = {
  name: 'inspection',
  routes: [
    route(inspectionContract, (node: FeatureHost, { params: { project }, query }) => {
      const { services = [] } = query;
      return readInspection(node.engine, node.specOf(project, services), services);
    }),
  ],
  metrics: inspectionMetrics,
};
