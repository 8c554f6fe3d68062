import type { Route } from '../api/contract.ts';
import type { Feature, FeatureHost } from './feature.ts';
import { firewall } from './firewall/index.ts';
import { flows } from './flows/index.ts';
import { inspection } from './inspection/index.ts';
import { latency } from './latency/index.ts';
import { shaper } from './shaper/index.ts';
import { snmp } from './snmp/index.ts';

/** Every feature, for the node. The command line has a list of its own (`commands.ts`), since it loads none of this. */
export const features: readonly Feature[] = [flows, firewall, inspection, latency, shaper, snmp];

export const featureRoutes: readonly Route<FeatureHost>[] = features.flatMap(({ routes }) => routes);
