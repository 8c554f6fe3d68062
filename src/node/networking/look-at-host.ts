import { addressPort } from '../../lib/address-port.ts';
import type { HostState } from '../../networks/dispatch/host-report.ts';
import { routesOf } from '../../networks/ip/routes.ts';
import { ipJson, type Link } from '../../networks/ip.ts';
import { host } from '../../networks/linux/links.ts';
import { isBridgeName } from '../../networks/linux/names.ts';
import { vlansOn } from '../../networks/nve/check.ts';
import type { NodeEdge } from '../../networks/nve/node-edge.ts';
import type { NodeSettings } from '../settings/settings.ts';

/** Where it listens at every address, others know none. */
function isWildcard(listen: string): boolean {
  return ['0.0.0.0', '::'].includes(addressPort(listen)?.address ?? '');
}

/**
 * What this host has besides networks of Heddle's, and where others find its edge.
 * @throws HeddleError ERR_NETWORK
 */
export async function lookAtHost(
  { edge, site, api }: NodeSettings,
  engine: string | undefined,
  joined: Pick<NodeEdge, 'underlay' | 'largest'> | undefined,
): Promise<HostState> {
  const routes = await routesOf(host);
  const taken = routes
    .filter(({ dev }) => dev === undefined || !isBridgeName(dev))
    .map(({ prefix, by }) => ({ prefix, by }));
  const node = {
    ...(site !== undefined && { site }),
    ...(api && !isWildcard(api.listen) && { api: api.listen }),
    ...(engine !== undefined && { engine }),
  };
  if (!edge) return { node, taken };
  const links = await ipJson<Link>(host, ['link', 'show']);
  const uplink = links.find(({ ifname }) => ifname === edge.uplink);
  const { vlans } = edge;
  const underlay = (await joined?.underlay()) ?? [];
  return {
    node,
    taken,
    edge: {
      taken: uplink ? [...vlansOn(uplink, links)] : [],
      ...(uplink && joined && { mtu: joined.largest(uplink.mtu) }),
      ...(vlans && { range: { first: vlans.first, last: vlans.last } }),
      ...(underlay.length > 0 && { underlay }),
    },
  };
}
