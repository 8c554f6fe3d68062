import type { Family } from '../../lib/metrics/family.ts';
import { metricsText } from '../../lib/metrics/text.ts';
import type { InterfaceBytes } from '../../lib/net-dev.ts';
import { version } from '../../lib/version.ts';
import type { Validity } from '../model/validity.ts';
import type { ProxyFigures } from '../proxy/figures.ts';
import { buildInfo } from './build-info.ts';
import { certificateFamilies } from './certificate-families.ts';
import { linkFamilies } from './path-families.ts';
import { proxyFamilies } from './proxy-families.ts';
import { cutOffFamily } from './view-families.ts';

/** All that the proxy of a node shows of itself. */
export interface NodeFigures {
  readonly proxy: ProxyFigures | undefined;
  /** Nothing without a controller. */
  readonly view: { readonly cutOff: boolean | undefined };
  readonly certificates: readonly Validity[];
  readonly interfaces: readonly InterfaceBytes[];
}

export const nodeFamilies: readonly Family<NodeFigures>[] = [
  buildInfo(version(), 'proxy'),
  cutOffFamily,
  ...proxyFamilies,
  ...certificateFamilies,
  ...linkFamilies,
];

/** In Prometheus' text format. */
export function nodeText(node: string, figures: NodeFigures): Promise<string> {
  return metricsText(nodeFamilies, figures, { node });
}
