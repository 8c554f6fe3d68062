import type { Link } from '../ip.ts';
import type { Observed } from '../standard/archetype.ts';
import type { LinuxEndpoint, LinuxNetwork } from './commands.ts';
import { bridgeName } from './names.ts';
import { leaveOvs } from './ovs-switch.ts';

/** How one kind of attachment becomes a port of a network's bridge. */
export interface Port<Attachment> {
  apply(endpoint: LinuxEndpoint, network: LinuxNetwork, attachment: Attachment): Promise<Observed>;
  remove(endpoint: LinuxEndpoint, attachment: Attachment): Promise<void>;
}

/** Readies one that is there for a bridge of the kernel: one that is not on it may come from an Open vSwitch. */
export async function readyPort(
  endpoint: LinuxEndpoint,
  { id, options }: LinuxNetwork,
  link: Link | undefined,
): Promise<void> {
  if (options.switch.kind === 'bridge' && link?.master !== bridgeName(id)) await leaveOvs(endpoint);
}
