import type { Link } from '../ip.ts';
import type { OpenVswitch } from '../ovs/open-vswitch.ts';
import { host, linkNamed } from './links.ts';
import { guardPorts, unguardPorts, wantsGuard } from './ovs-port-guard.ts';

/** The master of what the kernel's datapath has. */
export const kernelDatapath = 'ovs-system';

/**
 * Makes an interface of the host a port of a bridge of Open vSwitch; one that has come under the name of another takes its
 * place. `owner`: the id of the endpoint or network whose port it is.
 * @throws HeddleError ERR_OVS
 */
export async function plugPort(
  openVswitch: OpenVswitch,
  bridge: string,
  owner: string,
  name: string,
): Promise<void> {
  const link = await guardUnplugged(openVswitch, name);
  await openVswitch.settlePort(bridge, { name, owner, type: 'system', ifindex: link?.ifindex });
  await openPlugged(openVswitch, [name]);
}

/** Lets frames in at ports that are the switch's, where the guard would keep them from it. */
export async function openPlugged(
  { datapathType }: Pick<OpenVswitch, 'datapathType'>,
  ports: readonly string[],
): Promise<void> {
  if (!wantsGuard(datapathType, true)) await unguardPorts(ports);
}

/** Keeps the host from a port that is to be the switch's; one that frames pass by the kernel's datapath is left alone. */
async function guardUnplugged({ datapathType }: OpenVswitch, name: string): Promise<Link | undefined> {
  const before = await linkNamed(host, name);
  if (!wantsGuard(datapathType, before?.master === kernelDatapath)) return before;
  await guardPorts([name]);
  return linkNamed(host, name);
}
