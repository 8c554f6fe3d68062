import { existsSync } from 'node:fs';
import { ipJson, type Link } from '../ip.ts';
import { host } from '../linux/links.ts';
import { endpointIdOf } from '../linux/names.ts';
import { kernelDatapath } from '../linux/ovs-plug.ts';
import { OpenVswitch } from '../ovs/open-vswitch.ts';
import { runFolder } from '../ovs/run-folder.ts';

/** What the kernel calls a port of Open vSwitch. */
export const ovsPort = 'openvswitch';

/**
 * The interfaces of this host. A port of a network whose switch is Open vSwitch has its bridge as its master, as one of the
 * kernel's bridges has: only the database of Open vSwitch says it.
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function hostLinks(): Promise<Link[]> {
  const links = await ipJson<Link>(host, ['link', 'show']);
  if (!links.some(isUnsaid) || !existsSync(runFolder())) return links;
  const openVswitch = new OpenVswitch();
  try {
    return withBridges(links, await openVswitch.read());
  } finally {
    await openVswitch.close();
  }
}

/** The same as far as the kernel alone says it, where Open vSwitch is away. @throws HeddleError ERR_NETWORK */
export function knownHostLinks(): Promise<Link[]> {
  return hostLinks().catch(() => ipJson<Link>(host, ['link', 'show']));
}

interface Bridges {
  readonly bridges: ReadonlyMap<string, { readonly ports: ReadonlyMap<string, unknown> }>;
}

/** Pure. */
export function withBridges(links: readonly Link[], { bridges }: Bridges): Link[] {
  const bridgeOf = new Map(
    [...bridges].flatMap(([name, { ports }]) => [...ports.keys()].map((port) => [port, name] as const)),
  );
  return links.map((link) => {
    const master = isUnsaid(link) ? bridgeOf.get(link.ifname) : undefined;
    if (master === undefined) return link;
    return { ...link, master, linkinfo: { ...link.linkinfo, info_slave_kind: ovsPort } };
  });
}

/** An endpoint's port that the kernel knows no bridge of. */
export function isUnsaid({ ifname, master }: Link): boolean {
  return endpointIdOf(ifname) !== undefined && (master === undefined || master === kernelDatapath);
}
