import { route } from '../../api/contract.ts';
import type { Feature, FeatureHost } from '../feature.ts';
import { firewallContract, suggestionsContract } from './contract.ts';
import { firewallMetrics } from './metrics.ts';
import { readCounts, readDenials } from './reader/firewall.ts';
import { readSuggestions } from './reader/read-suggestions.ts';

/** What firewalls in the path of services counted and denied; and which rules the flows seen would allow. */
export const firewall: Feature = {
  name: 'firewall',
  routes: [
    route(firewallContract, async (node: FeatureHost, { params: { project }, query }) => {
      const { services = [], since = 0 } = query;
      const spec = node.specOf(project, services);
      const [counters, denied] = await Promise.all([
        readCounts(node.engine, spec, services),
        readDenials(node.engine, spec, services, since, node.assignments(project, since)),
      ]);
      return { counters, denied };
    }),
    route(suggestionsContract, async (node: FeatureHost, { params: { project }, query }) => {
      const { services = [], since = 0 } = query;
      const spec = node.specOf(project, services);
      return readSuggestions(node.engine, spec, services, since, node.assignments(project, since));
    }),
  ],
  metrics: firewallMetrics,
};
