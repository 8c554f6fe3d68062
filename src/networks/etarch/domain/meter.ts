/**
 * The meter of a workspace, by its address: the same on every node, and never 0. It has fewer bits than an address, so that two
 * workspaces may have the same one: the domain refuses the second.
 */
export function meterOf(address: string): number {
  return Number.parseInt(address.replaceAll(':', '').slice(-7), 16) + 1;
}
