import { existsSync } from 'node:fs';
import { ipBatch, type Link } from '../../ip.ts';
import { host, linkNamed } from '../../linux/links.ts';
import { plugPort } from '../../linux/ovs-plug.ts';
import { guardPorts, unguardPorts } from '../../linux/ovs-port-guard.ts';
import type { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { runFolder } from '../../ovs/run-folder.ts';
import { asPortLike, type PortName, type Switch } from './outside.ts';

/**
 * Opens an interface of the host as a port, on a bridge of the kernel as one of its ports. `current`: its name so far; `before`:
 * the port whose place it takes; `at`: absent where it has to be found by whose the endpoint is.
 * @throws HeddleError ERR_NETWORK
 */
export async function open(
  current: string,
  port: PortName,
  at: Switch | undefined,
  before: Link | undefined,
): Promise<void> {
  const { name } = port;
  await ipBatch(host, opening(current, port, at, before));
  if (!mayBeOfOvs(port, at)) return;
  await guard(name);
  await ipBatch(host, [`link set ${name} up`]);
}

/** Lines for `ip -batch` that do so, but for the last step of one that may be a port of Open vSwitch. Pure. */
export function opening(
  current: string,
  port: PortName,
  at: Switch | undefined,
  before: Link | undefined,
): string[] {
  const { name, alias } = port;
  return [
    ...(current === name ? [] : [`link set ${current} name ${name}`]),
    `link set ${name} alias "${alias}"`,
    ...(at && !at.isOvs ? [`link set ${name} master ${at.bridge}`, ...asPortLike(name, before)] : []),
    ...(mayBeOfOvs(port, at) ? [] : [`link set ${name} up`]),
  ];
}

/** Makes an endpoint's port one of its bridge of Open vSwitch, if it leads to one. @throws HeddleError ERR_OVS */
export async function plug(
  { name, endpoint }: PortName,
  at: Switch | undefined,
  openVswitch: OpenVswitch,
): Promise<void> {
  if (at?.isOvs && endpoint !== undefined) await plugPort(openVswitch, at.bridge, endpoint, name);
}

function mayBeOfOvs({ endpoint }: PortName, at: Switch | undefined): boolean {
  return endpoint !== undefined && (at ? at.isOvs : existsSync(runFolder()));
}

/** Keeps the host from what comes in there before the port is a switch's: whose endpoint it is opens it then. */
async function guard(name: string): Promise<void> {
  await guardPorts([name]);
  // Its owner has been quicker, and has seen no guard to take away.
  if ((await linkNamed(host, name))?.linkinfo?.info_slave_kind === 'bridge') await unguardPorts([name]);
}
