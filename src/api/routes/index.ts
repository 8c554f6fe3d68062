import type { Route } from '../contract.ts';
import type { NodeService } from '../node-service.ts';
import { applicationRoutes } from './applications.ts';
import { chainRoutes } from './chains.ts';
import { containerRoutes } from './containers.ts';
import { handlingRoutes } from './handling.ts';
import { imageRoutes } from './images.ts';
import { jobRoutes } from './jobs.ts';
import { measuredRoutes } from './measured.ts';
import { measuringRoutes } from './measuring.ts';
import { nodeRoutes } from './node.ts';
import { projectRoutes } from './projects.ts';
import { scalingRoutes } from './scaling.ts';

/** Every route of the API but those of features, which stand with them (`src/features`). */
export const routes: readonly Route<NodeService>[] = [
  ...nodeRoutes,
  ...applicationRoutes,
  ...chainRoutes,
  ...scalingRoutes,
  ...jobRoutes,
  ...measuredRoutes,
  ...projectRoutes,
  ...containerRoutes,
  ...handlingRoutes,
  ...imageRoutes,
  ...measuringRoutes,
];
