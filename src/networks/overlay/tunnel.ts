import { deleteLinks, inNamespace, ipBatch, ipJson, type Link } from '../ip.ts';
import { listOf } from '../json-of.ts';
import { host, linkNamed } from '../linux/links.ts';
import { aliasOf, isOwn } from '../linux/names.ts';
import { distrustRouters } from '../linux/quiet.ts';
import { type Forwarding, type Neighbour, type Station, tableChanges } from './table.ts';
import type { OverlayNetwork } from './vni.ts';
import type { Vtep } from './vtep.ts';

/** The tunnel of a network, by its id. */
function tunnelName(id: string): string {
  return `ho${id}`;
}

/** UDP: the one that Linux and Flannel take, so that an edge of VXLAN has its own. */
export const port = 8472;
/** Of nftables: what keeps strangers away from the tunnels. */
export const guardTable = 'heddle_overlay';

/** Makes the tunnel of a network what it should be, a port of its bridge. @throws HeddleError ERR_NETWORK */
export async function settleTunnel(
  network: OverlayNetwork,
  vtep: Vtep,
  { bridge, mtu }: { readonly bridge: string; readonly mtu: number },
): Promise<void> {
  const name = tunnelName(network.id);
  const there = await linkNamed(host, name);
  const isKept = there !== undefined && isTunnel(there, network, vtep);
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
export async function isSettled(network: OverlayNetwork, vtep: Vtep, bridge: string): Promise<boolean> {
  const there = await linkNamed(host, tunnelName(network.id));
  return (
    there !== undefined &&
    isTunnel(there, network, vtep) &&
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

/** Whether any is left on this host. */
export async function hasTunnels(): Promise<boolean> {
  const links = await ipJson<Link>(host, ['link', 'show', 'type', 'vxlan']);
  return links.some(({ ifname }) => /^ho[0-9a-f]{12}$/.test(ifname));
}

function isTunnel({ ifalias, linkinfo }: Link, { id, options }: OverlayNetwork, vtep: Vtep): boolean {
  const { id: vni, port: at, link, local, local6 } = linkinfo?.info_data ?? {};
  return (
    isOwn(ifalias, id) &&
    vni === options.vni &&
    at === port &&
    link === vtep.interface &&
    (local ?? local6) === vtep.address
  );
}
