import { version } from '../../lib/version.ts';
import { type DnsFigures, dnsFamilies } from './dns-families.ts';
import type { Family } from './family.ts';
import { metricsText } from './text.ts';

/** All that a gateway shows of itself. */
export interface GatewayFigures {
  readonly dns: DnsFigures;
}

export const gatewayFamilies: readonly Family<GatewayFigures>[] = [
  {
    name: 'heddle_edge_build_info',
    type: 'gauge',
    help: 'The version that runs.',
    values: () => [{ labels: { version: version(), role: 'gateway' }, value: 1 }],
  },
  ...dnsFamilies,
];

/** In Prometheus' text format. */
export function gatewayText(site: string, figures: GatewayFigures): Promise<string> {
  return metricsText(gatewayFamilies, figures, { site });
}
