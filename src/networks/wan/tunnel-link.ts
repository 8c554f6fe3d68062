import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bootId } from '../../lib/boot-id.ts';
import { HeddleError } from '../../lib/errors.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { type AddressedLink, deleteLinks, inNamespace, ipBatch, ipJson } from '../ip.ts';
import { host, linkNamed } from '../linux/links.ts';
import { linksNetwork } from './addresses.ts';
import type { TunnelPeer, TunnelWish } from './link-kind.ts';

const alias = 'heddle links';
/** While the interface is away, what is for it goes nowhere else: this route is there without it. */
const guardRoute = `unreachable ${linksNetwork} metric 4278198272`;

/**
 * The interface of the links, if it is there.
 * @throws HeddleError ERR_NETWORK when somebody else has one of its name
 */
export async function ownLink(name: string, folder: string): Promise<AddressedLink | undefined> {
  const link = await linkNamed(host, name);
  if (!link || link.ifalias === alias) return link;
  if (isBeingMade(name, folder)) {
    await mark(name, folder);
    return linkNamed(host, name);
  }
  const kind = link.linkinfo?.info_kind ?? 'an interface';
  throw new HeddleError('ERR_NETWORK', `links: interface ${name} is there (${kind}), and not Heddle’s`, {
    hint: 'say another name in the node’s settings: wan.interface',
  });
}

/** Makes it where there is none of that name. Who is killed before it is marked has noted whose it is. @throws HeddleError ERR_NETWORK */
export async function makeLink(
  name: string,
  folder: string,
  make: () => Promise<void>,
): Promise<AddressedLink> {
  replaceFile(noteOf(folder), noteText(name), 0o600);
  await make();
  await mark(name, folder);
  const link = await linkNamed(host, name);
  if (link) return link;
  throw new HeddleError('ERR_NETWORK', `links: interface ${name} went as soon as it was made`);
}

async function mark(name: string, folder: string): Promise<void> {
  await ipBatch(host, [`link set ${name} alias "${alias}" addrgenmode none`]);
  rmSync(noteOf(folder), { force: true });
}

function isBeingMade(name: string, folder: string): boolean {
  const note = noteOf(folder);
  return existsSync(note) && readFileSync(note, 'utf8') === noteText(name);
}

/** Of this boot: the next has none of the interfaces of before. */
function noteText(name: string): string {
  return `${name} ${bootId()}`;
}

function noteOf(folder: string): string {
  return path.join(folder, 'making');
}

/** Lines for `ip -batch`: address, size and state of the interface as it is to be; none where it is. Pure. */
export function linkLines({ interface: name, address, mtu }: TunnelWish, link: AddressedLink): string[] {
  const hasAddress = link.addr_info.some(({ local }) => local === address);
  const isSet = link.mtu === mtu && link.flags.includes('UP');
  return [
    ...(isSet ? [] : [`link set ${name} mtu ${mtu} up`]),
    ...(hasAddress ? [] : [`address replace ${address}/128 dev ${name} nodad`]),
    `route replace ${guardRoute}`,
  ];
}

/** What leads to another node, with what its path takes: larger packets are answered with that. Pure. */
export function routeLine(wish: TunnelWish, { address, mtu }: TunnelPeer, encapsulation = ''): string {
  return `route replace ${address}/128${encapsulation} dev ${wish.interface} src ${wish.address} mtu ${mtu}`;
}

/** Lines for `ip -batch` that take away what leads to others than these. */
export async function surplusLines(name: string, peers: readonly TunnelPeer[]): Promise<string[]> {
  // As text: in its JSON an encapsulation has the name of the destination.
  const text = await inNamespace(host, ['ip', '-6', 'route', 'show', 'dev', name]);
  const known = new Set(peers.map(({ address }) => address));
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.includes(' proto kernel '))
    .map((line) => line.split(' ')[0] ?? '')
    .filter((destination) => !known.has(destination))
    .map((destination) => `route del ${destination} dev ${name}`);
}

/** Interfaces that were made for links. */
export async function ownLinkNames(): Promise<string[]> {
  const links = await ipJson<AddressedLink>(host, ['address', 'show']);
  return links.filter(({ ifalias }) => ifalias === alias).map(({ ifname }) => ifname);
}

export async function removeLink(name: string, folder: string): Promise<void> {
  const link = await linkNamed(host, name);
  if (link && (link.ifalias === alias || isBeingMade(name, folder))) await deleteLinks(host, [name]);
}

/** Before it is known who there is. */
export async function makeGuardRoute(): Promise<void> {
  await ipBatch(host, [`route replace ${guardRoute}`]);
}

export async function removeGuardRoute(): Promise<void> {
  await ipBatch(host, [`route del ${guardRoute}`]).catch((error) => {
    // It is as wished when it is gone.
    if (!/No such process/.test(String(error))) throw error;
  });
}
