import { isInstalled } from '../../../lib/exec.ts';
import { type AddressedLink, ipBatch, ipJson, type Namespace } from '../../ip.ts';
import { nft } from '../../nft.ts';
import { observeStamp } from '../../stamp.ts';
import { guardRuleset, guardTable, type Identity } from './ruleset.ts';

/** The host's own namespace is the one the node lives in. */
const host: Namespace = { pid: process.pid };

/** What the host's rules for an application were made from; nothing when there are none, or no nft to make any. */
export async function observeGuard(project: string): Promise<string | undefined> {
  if (!(await isInstalled('nft'))) return undefined;
  return observeStamp(host, [{ family: 'bridge', name: guardTable(project) }]);
}

/** Puts the host's rules for an application in place, in one transaction. */
export async function setGuard(
  project: string,
  identities: readonly Identity[],
  digest: string,
): Promise<void> {
  try {
    await nft(host, guardRuleset(project, identities, digest, true));
  } catch (cause) {
    // Kernels without CONFIG_NFT_BRIDGE_META cannot tell the bridge of a frame.
    if (!/Operation not supported|No such file/.test((cause as Error).message)) throw cause;
    await nft(host, guardRuleset(project, identities, digest, false));
  }
}

export async function removeGuard(project: string): Promise<void> {
  if ((await observeGuard(project)) === undefined) return;
  await nft(host, `delete table bridge ${guardTable(project)}\n`);
}

/**
 * The addresses of an engine's bridge, by which its network reaches the host. Its hardware address is made to stay: left
 * alone, a bridge takes that of whichever port has the lowest (ip-link(8)), and would be another with each that comes.
 * Nothing: the bridge is not there, and nobody can speak on it.
 */
export async function bridgeIdentity(
  bridge: string,
): Promise<(Omit<Identity, 'port'> & { cidrs: readonly string[] }) | undefined> {
  const links = await ipJson<AddressedLink>(host, ['address', 'show']);
  const link = links.find(({ ifname }) => ifname === bridge);
  if (!link) return undefined;
  const addresses = link.addr_info.filter(({ scope }) => scope === 'global');
  const of = (family: 'inet' | 'inet6') => addresses.filter((one) => one.family === family);
  await ipBatch(host, [`link set dev ${bridge} address ${link.address}`]);
  return {
    bridge,
    mac: link.address,
    ipv4: of('inet').map(({ local }) => local),
    ipv6: of('inet6').map(({ local }) => local),
    cidrs: addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  };
}
