import { HeddleError } from '../../lib/errors.ts';
import { type AddressedLink, ipJson, type Namespace } from '../ip.ts';
import { isOwn } from './names.ts';

/** The namespace that bridges and ports are in: that of this process. */
export const host: Namespace = { pid: process.pid };

/** Whether a command failed because what it was to make is there. */
export function isThere(error: unknown): boolean {
  return String(error).includes('File exists') || String(error).includes('Device or resource busy');
}

export function isAbsent(error: unknown): boolean {
  return /Cannot find device|does not exist/.test(String(error));
}

export async function linkNamed(namespace: Namespace, name: string): Promise<AddressedLink | undefined> {
  try {
    const [link] = await ipJson<AddressedLink>(namespace, ['address', 'show', 'dev', name]);
    return link;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * An interface of the host by its name, if it is there.
 * @throws HeddleError ERR_NETWORK when it is not that of the network or endpoint with the id
 */
export async function ownLink(name: string, id: string): Promise<AddressedLink | undefined> {
  const link = await linkNamed(host, name);
  // A kill between making it and marking it leaves it unmarked; its name comes from the id, which is random.
  if (!link || link.ifalias === undefined || isOwn(link.ifalias, id)) return link;
  throw new HeddleError('ERR_NETWORK', `interface ${name} is not Heddle’s: its alias is "${link.ifalias}"`);
}
