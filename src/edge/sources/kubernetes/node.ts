import ipaddr from 'ipaddr.js';
import { isLabel } from '../../../lib/dns-label.ts';
import type { SourceObject } from '../source.ts';
import type { Node } from './objects.ts';

const siteKey = 'heddle.io/site';
const nameKey = 'heddle.io/name';
const addressesKey = 'heddle.io/addresses';
const proxyKey = 'heddle.io/proxy';
const zoneKey = 'topology.kubernetes.io/zone';

/**
 * What a node of a cluster is at the edge. Its site is what its own label or annotation says, else that of the cluster,
 * else the zone it is in; its name, Kubernetes' with hyphens for dots; its addresses, those within the cluster's network.
 */
export function nodeOf(node: Node, clusterSite: string | undefined): SourceObject {
  const { name, labels = {}, annotations = {} } = node.metadata;
  const said = (key: string) => annotations[key] ?? labels[key];
  const edgeName = said(nameKey) ?? name.replaceAll('.', '-');
  if (!isLabel(edgeName))
    return {
      problem: `cannot be named ${edgeName}: that is no DNS label; the annotation ${nameKey} gives another`,
    };
  const site = said(siteKey) ?? clusterSite ?? labels[zoneKey];
  if (site === undefined) return { problem: `has no site: neither ${siteKey} nor ${zoneKey} is set` };
  const addresses = addressesOf(node, annotations[addressesKey]);
  const wrong = addresses.find((address) => !ipaddr.isValid(address));
  if (wrong !== undefined) return { problem: `has the address "${wrong}" in ${addressesKey}, which is none` };
  if (addresses.length === 0) return { problem: 'has no address yet' };
  return { node: { name: edgeName, site, addresses, ...(said(proxyKey) === 'true' && { proxy: true }) } };
}

function addressesOf({ status }: Node, said: string | undefined): string[] {
  if (said !== undefined) return said.split(',').map((address) => address.trim());
  const of = (wanted: string) =>
    (status?.addresses ?? []).filter(({ type }) => type === wanted).map(({ address }) => address);
  const internal = of('InternalIP');
  return internal.length > 0 ? internal : of('ExternalIP');
}
