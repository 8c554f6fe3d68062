import type { Observed } from '../standard/archetype.ts';
import { isOvs, type LinuxEndpoint, type LinuxNetwork } from './commands.ts';
import { portOfHost } from './names.ts';
import { leaveOvs } from './ovs-leaving.ts';

/** How one kind of attachment becomes a port of a network's bridge. */
export interface Port<Attachment> {
  apply(endpoint: LinuxEndpoint, network: LinuxNetwork, attachment: Attachment): Promise<Observed>;
  remove(endpoint: LinuxEndpoint, attachment: Attachment): Promise<void>;
}

/** Of one that was there and is settled now: on a bridge of the kernel it may come from an Open vSwitch. */
export async function finishPort(endpoint: LinuxEndpoint, network: LinuxNetwork): Promise<void> {
  if (!isOvs(network)) await leaveOvs(portOfHost(endpoint), endpoint);
}
