import { HeddleError } from '../../lib/errors.ts';
import { type AddressedLink, deleteLinks, ipBatch } from '../ip.ts';
import { host, linkNamed } from '../linux/links.ts';
import { linksNetwork } from './addresses.ts';
import type { TunnelPeer, TunnelWish } from './link-kind.ts';

const alias = 'heddle links';

/**
 * The interface of the links, if it is there.
 * @throws HeddleError ERR_NETWORK when somebody else has one of its name
 */
export async function ownLink(name: string): Promise<AddressedLink | undefined> {
  const link = await linkNamed(host, name);
  if (!link || link.ifalias === alias) return link;
  const kind = link.linkinfo?.info_kind ?? 'an interface';
  throw new HeddleError('ERR_NETWORK', `links: interface ${name} is there (${kind}), and not Heddle’s`, {
    hint: 'say another name in the node’s settings: wan.interface',
  });
}

/** Marks an interface that was just made. */
export async function markLink(name: string): Promise<void> {
  await ipBatch(host, [`link set ${name} alias "${alias}" addrgenmode none`]);
}

/** Lines for `ip -batch`: address, size and state of the interface as it is to be; none where it is. Pure. */
export function linkLines({ interface: name, address, mtu }: TunnelWish, link: AddressedLink): string[] {
  const hasAddress = link.addr_info.some(({ local }) => local === address);
  const isSet = link.mtu === mtu && link.flags.includes('UP');
  return [
    ...(isSet ? [] : [`link set ${name} mtu ${mtu} up`]),
    ...(hasAddress ? [] : [`address replace ${address}/128 dev ${name} nodad`]),
    // While the interface is away, what is for it goes nowhere else: this route is there without it.
    `route replace unreachable ${linksNetwork} metric 4278198272`,
  ];
}

/** What leads to another node, with what its path takes: larger packets are answered with that. Pure. */
export function routeLine(wish: TunnelWish, { address, mtu }: TunnelPeer, encapsulation = ''): string {
  return `route replace ${address}/128${encapsulation} dev ${wish.interface} src ${wish.address} mtu ${mtu}`;
}

export async function removeLink(name: string): Promise<void> {
  const link = await linkNamed(host, name);
  if (link?.ifalias === alias) await deleteLinks(host, [name]);
}

export async function removeGuardRoute(): Promise<void> {
  await ipBatch(host, [`route del unreachable ${linksNetwork} metric 4278198272`]).catch((error) => {
    // It is as wished when it is gone.
    if (!/No such process/.test(String(error))) throw error;
  });
}
