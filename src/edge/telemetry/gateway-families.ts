import type { Family } from '../../lib/metrics/family.ts';
import { metricsText } from '../../lib/metrics/text.ts';
import type { InterfaceBytes } from '../../lib/net-dev.ts';
import { version } from '../../lib/version.ts';
import type { PeerFigures } from '../distance/measuring.ts';
import type { Validity } from '../model/validity.ts';
import type { ProxyFigures } from '../proxy/figures.ts';
import { buildInfo } from './build-info.ts';
import { certificateFamilies } from './certificate-families.ts';
import { type DnsFigures, dnsFamilies } from './dns-families.ts';
import { pathFamilies } from './path-families.ts';
import { proxyFamilies } from './proxy-families.ts';
import type { ServiceFigures } from './service-figures.ts';
import { type ViewFigures, viewFamilies } from './view-families.ts';

/** All that a gateway shows of itself. */
export interface GatewayFigures {
  readonly dns: DnsFigures;
  readonly view: ViewFigures;
  readonly services: readonly ServiceFigures[];
  readonly peers: readonly PeerFigures[];
  readonly proxy: ProxyFigures | undefined;
  readonly certificates: readonly Validity[];
  readonly interfaces: readonly InterfaceBytes[];
}

export const gatewayFamilies: readonly Family<GatewayFigures>[] = [
  buildInfo(version(), 'gateway'),
  ...dnsFamilies,
  ...viewFamilies,
  ...pathFamilies,
  ...proxyFamilies,
  ...certificateFamilies,
];

/** In Prometheus' text format. */
export function gatewayText(site: string, figures: GatewayFigures): Promise<string> {
  return metricsText(gatewayFamilies, figures, { site });
}
