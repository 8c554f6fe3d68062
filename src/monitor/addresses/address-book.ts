import ipaddr from 'ipaddr.js';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { AddressAssignment } from '../../state/history.ts';
import type { FlowEnd } from './end.ts';

export interface Owner {
  readonly service?: string;
  readonly pod: string;
}

/** Milliseconds that an address may have been somebody's before it was first seen so. */
const slack = 2000;

/**
 * Who has or had which address: pods on the application's networks, from the assignments that the node has noted, the oldest
 * first, and pods on the management bridge, whose addresses follow from their names.
 */
export class AddressBook {
  readonly #assignments: ReadonlyMap<string, readonly AddressAssignment[]>;
  readonly #management: ReadonlyMap<string, Owner>;

  constructor({ pods }: Pick<DeploymentSpec, 'pods'>, assignments: readonly AddressAssignment[]) {
    this.#assignments = Map.groupBy(assignments, ({ address }) => normal(address));
    this.#management = new Map(
      pods.flatMap(({ name, service, management }) => {
        const owner: Owner = { pod: name, ...(service !== undefined && { service }) };
        return management ? [[normal(management.address), owner]] : [];
      }),
    );
  }

  /** Whose an address was at a time in milliseconds since 1970. */
  ownerOf(address: string, at: number): Owner | undefined {
    const key = normal(address);
    return (
      this.#management.get(key) ?? this.#assignments.get(key)?.findLast(({ since }) => since - slack <= at)
    );
  }
}

/** One end of a conversation, with the service that has the address. */
export function endOf(address: string, port: number | undefined, book: AddressBook, at: number): FlowEnd {
  const owner = book.ownerOf(address, at);
  return {
    address,
    ...(port !== undefined && { port }),
    ...(owner?.service !== undefined && { service: owner.service }),
    ...(owner && { pod: owner.pod }),
  };
}

/** IPv6 can be written in many ways (RFC 5952). */
function normal(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}
