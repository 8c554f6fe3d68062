import { HeddleError } from '../../lib/errors.ts';
import { inNamespace, type Namespace } from '../ip.ts';
import type { LinuxEndpoint } from './commands.ts';

/**
 * The kernel leaves checksums to whoever takes a packet off the machine, which ovs-vswitchd knows nothing of: lets it compute them.
 * @throws HeddleError ERR_NETWORK
 */
export async function computeChecksums(namespace: Namespace, name: string): Promise<void> {
  try {
    await inNamespace(namespace, ['ethtool', '-K', name, 'tx', 'off']);
  } catch (cause) {
    throw new HeddleError('ERR_NETWORK', `the checksums of ${name}: ${(cause as Error).message}`, {
      cause,
      hint: 'Open vSwitch without its kernel module needs ethtool (apt-get install ethtool)',
    });
  }
}

/** Lets the kernel leave checksums undone again: that is quicker, and no more. */
export async function leaveChecksums({ attachment }: LinuxEndpoint): Promise<void> {
  if (attachment.kind !== 'namespace') return;
  const { path, interface: name } = attachment;
  await inNamespace({ path }, ['ethtool', '-K', name, 'tx', 'on']).catch(() => {});
}
