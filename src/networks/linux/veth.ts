import { HeddleError } from '../../lib/errors.ts';
import { type AddressedLink, deleteLinks, ipBatch, ipJson, type Namespace, peerIn } from '../ip.ts';
import type { Attachment } from '../standard/endpoint.ts';
import {
  createVeth,
  type LinuxEndpoint,
  type LinuxNetwork,
  removeSurplus,
  settleInside,
  settlePort,
} from './commands.ts';
import { host, isThere, ownLink } from './links.ts';
import { portName } from './names.ts';
import { checkNamespace } from './namespace.ts';
import { finishPort, type Port } from './port.ts';

type Inside = Extract<Attachment, { kind: 'namespace' }>;

/** A veth: one end is a port of the bridge, the other is in a namespace. */
export const veth: Port<Inside> = {
  async apply(endpoint, network, inside) {
    checkNamespace(inside.path, inside.inode);
    const namespace: Namespace = { path: inside.path };
    const create = [
      ...createVeth(endpoint, network.mtu, inside.interface, inside.path),
      ...settlePort(endpoint, network, portName(endpoint.id)),
    ];
    let before: string[] = [];
    try {
      await ipBatch(host, create);
    } catch (error) {
      if (!isThere(error)) throw error;
      before = await mend(endpoint, network, inside, create);
    }
    await ipBatch(namespace, [...before, ...settleInside(endpoint, inside.interface, network.mtu)]);
    return { interface: inside.interface, port: portName(endpoint.id) };
  },

  async remove(endpoint, inside) {
    const port = portName(endpoint.id);
    if (await ownLink(port, endpoint.id)) await deleteLinks(host, [port]);
    // The port of one that is led is the other end of another.
    if (endpoint.options.led) await removeEnd(endpoint, inside);
  },
};

/** Takes the end in the namespace away, if that is there still. */
async function removeEnd(endpoint: LinuxEndpoint, { path, inode }: Inside): Promise<void> {
  try {
    checkNamespace(path, inode);
  } catch {
    return;
  }
  const links = await ipJson<AddressedLink>({ path }, ['address', 'show']);
  const end = links.find((one) => isEndOf(endpoint, one));
  if (end) await deleteLinks({ path }, [end.ifname]);
}

/** Settles the port of one that is there, and says what its other end has to change, or to lose. */
async function mend(
  endpoint: LinuxEndpoint,
  network: LinuxNetwork,
  inside: Inside,
  create: readonly string[],
): Promise<string[]> {
  const port = portName(endpoint.id);
  const link = await ownLink(port, endpoint.id);
  const links = await ipJson<AddressedLink>({ path: inside.path }, ['address', 'show']);
  const led = endpoint.options.led ? links.find((one) => isEndOf(endpoint, one)) : undefined;
  if (!link) {
    if (led) return settled(led, endpoint, inside);
    throw new HeddleError('ERR_NETWORK', `${inside.path} has an interface ${inside.interface} already`, {
      hint: 'give the endpoint another `interface`',
    });
  }
  // Where it is led, the port is the outer end of the way that leads here.
  const peer = peerIn(links, link) ?? led;
  if (!peer) {
    // Its other end is elsewhere: in a namespace that another has taken the place of.
    await deleteLinks(host, [port]);
    await ipBatch(host, create);
    return [];
  }
  await ipBatch(host, settlePort(endpoint, network, port));
  await finishPort(endpoint, network);
  return settled(peer, endpoint, inside);
}

/** The end in the namespace, whose other end is where it is led through. */
function isEndOf({ mac }: LinuxEndpoint, { address, linkinfo }: AddressedLink): boolean {
  return linkinfo?.info_kind === 'veth' && address === mac;
}

/** Where it spoke IP so far and may not, or the other way round. */
function spoken({ flags, addr_info }: AddressedLink, { options }: LinuxEndpoint, name: string): string[] {
  if (options.ip) return flags.includes('NOARP') ? [`link set ${name} arp on addrgenmode eui64`] : [];
  const own = addr_info.filter(({ scope }) => scope === 'link');
  return own.map(({ local, prefixlen }) => `address del ${local}/${prefixlen} dev ${name}`);
}

/** What an end in the namespace has to change, or to lose. */
function settled(peer: AddressedLink, endpoint: LinuxEndpoint, inside: Inside): string[] {
  const renamed =
    peer.ifname === inside.interface
      ? []
      : [`link set ${peer.ifname} down`, `link set ${peer.ifname} name ${inside.interface}`];
  const readdressed =
    peer.address === endpoint.mac ? [] : [`link set ${inside.interface} address ${endpoint.mac}`];
  return [
    ...renamed,
    ...readdressed,
    ...spoken(peer, endpoint, inside.interface),
    ...removeSurplus({ ...peer, ifname: inside.interface }, endpoint.options.addresses),
  ];
}
