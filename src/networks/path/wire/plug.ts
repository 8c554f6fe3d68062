import { ipBatch, type Link } from '../../ip.ts';
import { plugPort } from '../../linux/ovs-plug.ts';
import { OpenVswitch } from '../../ovs/open-vswitch.ts';
import { host } from '../host-links.ts';
import { asPortLike, type PortName, type Switch } from './outside.ts';

/**
 * Makes an interface of the host a port, and opens it. `current`: its name so far; `before`: the port whose place it takes;
 * `at`: absent where it has to be found by whose the endpoint is.
 * @throws HeddleError ERR_NETWORK, ERR_OVS
 */
export async function plug(
  current: string,
  { name, alias, endpoint }: PortName,
  at: Switch | undefined,
  before: Link | undefined,
): Promise<void> {
  await ipBatch(host, [
    ...(current === name ? [] : [`link set ${current} name ${name}`]),
    `link set ${name} alias "${alias}"`,
    ...(at && !at.isOvs ? [`link set ${name} master ${at.bridge}`, ...asPortLike(name, before)] : []),
    `link set ${name} up`,
  ]);
  if (!at?.isOvs || endpoint === undefined) return;
  const openVswitch = new OpenVswitch();
  try {
    await plugPort(openVswitch, at.bridge, endpoint, name);
  } finally {
    await openVswitch.close();
  }
}
