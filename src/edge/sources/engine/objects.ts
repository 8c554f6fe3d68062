import type { Copy, EdgeNode } from '../../model/model.ts';
import type { SourceObject } from '../source.ts';
import type { EdgeListing, ListedCopy } from './record.ts';

/**
 * What a host's applications stand for at the edge, by service.
 * @param name of the host as a node of the edge
 * @param node what the edge file says of it
 */
export function objectsOf(
  { services }: EdgeListing,
  name: string,
  node: EdgeNode | undefined,
): Map<string, SourceObject> {
  return new Map(
    services.map(({ project, service, copies, ...publication }): [string, SourceObject] => [
      `service ${service} of ${project}`,
      node
        ? { service: { ...publication, copies: copies.flatMap((copy) => copyAt(node, copy)) } }
        : { problem: `runs on ${name}, and the edge file has no such node` },
    ]),
  );
}

function copyAt(node: EdgeNode, { address, ...copy }: ListedCopy): Copy | [] {
  const where = address ?? node.addresses[0];
  return where === undefined ? [] : { ...copy, node: node.name, address: where };
}
