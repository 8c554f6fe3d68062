/** What the dispatcher has local services make bears this label. */
export const ownerLabel = 'heddle.owner';
export const owner = 'dispatch';

const prefix = 'node.';

/** The endpoint that a node itself has on a network. */
export function nodeEndpointName(node: string): string {
  return `${prefix}${node}`;
}
