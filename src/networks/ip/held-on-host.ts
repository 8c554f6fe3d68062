import { host } from '../linux/links.ts';
import { heldPorts } from './host-ports.ts';
import { listening } from './listening.ts';
import { observeElements } from './observe.ts';
import type { EndpointOptions } from './options.ts';

/** Ports of this host that somebody has, where an endpoint with these options chooses one. @throws HeddleError ERR_NETWORK */
export async function heldOnHost({ ports }: EndpointOptions): Promise<ReadonlySet<string>> {
  if (ports.every(({ published }) => published !== undefined)) return new Set();
  const [elements, heard] = await Promise.all([observeElements(host), listening()]);
  return heldPorts(elements, heard);
}
