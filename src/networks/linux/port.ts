import type { Observed } from '../standard/archetype.ts';
import type { LinuxEndpoint, LinuxNetwork } from './commands.ts';

/** How one kind of attachment becomes a port of a network's bridge. */
export interface Port<Attachment> {
  apply(endpoint: LinuxEndpoint, network: LinuxNetwork, attachment: Attachment): Promise<Observed>;
  remove(endpoint: LinuxEndpoint, attachment: Attachment): Promise<void>;
}
