import { deleteLinks, inNamespace, ipBatch, ipJson, type Link } from '../ip.ts';
import { listOf } from '../json-of.ts';
import { host, linkNamed } from '../linux/links.ts';
import { aliasOf, isOwn } from '../linux/names.ts';
import { distrustRouters } from '../linux/quiet.ts';
import type { Guarded } from '../nve/tunnel-guard.ts';
import { type Forwarding, type Neighbour, type Station, tableChanges } from './table.ts';
import type { OverlayNetwork } from './vni.ts';
import type { Vtep } from './vtep.ts';

/** The tunnel of a network, by its id. */
function tunnelName(id: string): string {
  return `ho${id}`;
}

/** Those of this archetype. UDP: the port that Linux and Flannel take, so that an edge of VXLAN has its own. */
export const overlayTunnels: Guarded = { table: 'heddle_overlay', port: 8472 };

/** Makes the tunnel of a network what it should be, a port of its bridge. @throws HeddleError ERR_NETWORK */
export async function settleTunnel(
  network: OverlayNetwork,
  vtep: Vtep,
  { bridge, mtu, port }: { readonly bridge: string; readonly mtu: number; readonly port: number },
): Promise<void> {
  const name = tunnelName(network.id);
  const there = await linkNamed(host, name);
  const isKept = there !== undefined && isTunnel(there, network, { vtep, port });
  const where = `dev ${vtep.interface} local ${vtep.address} dstport ${port}`;
  await ipBatch(host, [
    ...(there && !isKept ? [`link del ${name}`] : []),
    ...(isKept
      ? []
      : [
          `link add ${name} mtu ${mtu} type vxlan id ${network.options.vni} ${where} nolearning proxy`,
          `link set ${name} alias "${aliasOf('network', network.id, network.name)}" addrgenmode none`,
        ]),
  ]);
  distrustRouters(name);
  await ipBatch(host, [`link set ${name} mtu ${mtu} master ${bridge} up`]);
  // Who is elsewhere says nothing of where that is: what the table says holds.
  await inNamespace(host, ['bridge', 'link', 'set', 'dev', name, 'learning', 'off']);
}

/** Whether it is just so, but for what it knows. */
export async function isSettled(
  network: OverlayNetwork,
  vtep: Vtep,
  { bridge, port }: { readonly bridge: string; readonly port: number },
): Promise<boolean> {
  const there = await linkNamed(host, tunnelName(network.id));
  return (
    there !== undefined &&
    isTunnel(there, network, { vtep, port }) &&
    there.master === bridge &&
    there.flags.includes('UP')
  );
}

/** Makes it know just these. @throws HeddleError ERR_NETWORK */
export async function settleTable({ id }: OverlayNetwork, stations: readonly Station[]): Promise<void> {
  const name = tunnelName(id);
  const [entries, neighbours] = await Promise.all([
    inNamespace(host, ['bridge', '-j', 'fdb', 'show', 'dev', name]),
    inNamespace(host, ['ip', '-j', 'neigh', 'show', 'dev', name, 'nud', 'permanent']),
  ]);
  const { bridge, ip } = tableChanges(name, stations, {
    entries: listOf<Forwarding>(entries),
    neighbours: listOf<Neighbour>(neighbours),
  });
  if (bridge.length > 0) await inNamespace(host, ['bridge', '-batch', '-'], `${bridge.join('\n')}\n`);
  await ipBatch(host, ip);
}

/** Takes it away, and nobody else's. */
export async function removeTunnel({ id }: Pick<OverlayNetwork, 'id'>): Promise<void> {
  const name = tunnelName(id);
  if (isOwn((await linkNamed(host, name))?.ifalias, id)) await deleteLinks(host, [name]);
}

/** Whether any that ends at a port is left on this host. */
export async function hasTunnels({ port }: Pick<Guarded, 'port'>): Promise<boolean> {
  const links = await ipJson<Link>(host, ['link', 'show', 'type', 'vxlan']);
  return links.some(
    ({ ifname, linkinfo }) => /^ho[0-9a-f]{12}$/.test(ifname) && linkinfo?.info_data?.port === port,
  );
}

function isTunnel(
  { ifalias, linkinfo }: Link,
  { id, options }: OverlayNetwork,
  { vtep, port }: { readonly vtep: Vtep; readonly port: number },
): boolean {
  const { id: vni, port: at, link, local, local6 } = linkinfo?.info_data ?? {};
  return (
    isOwn(ifalias, id) &&
    vni === options.vni &&
    at === port &&
    link === vtep.interface &&
    (local ?? local6) === vtep.address
  );
}
