import ipaddr from 'ipaddr.js';
import type { ObservedContainer } from '../../engines/engine.ts';
import { label } from '../../lib/labels.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { FlowEnd } from './record.ts';

export interface Owner {
  readonly service?: string;
  readonly pod: string;
}

/** Who has which address: pods on the application's networks, and pods on the management bridge. */
export class AddressBook {
  readonly #owners = new Map<string, Owner>();

  constructor(containers: readonly ObservedContainer[], spec: DeploymentSpec | undefined) {
    for (const container of containers) {
      const pod = container.labels[label.pod];
      const service = container.labels[label.service];
      if (pod === undefined) continue;
      for (const { ipv4, ipv6 } of container.networks) {
        for (const address of [ipv4, ipv6]) {
          if (address) this.#owners.set(normal(address), { pod, ...(service !== undefined && { service }) });
        }
      }
    }
    for (const pod of spec?.pods ?? []) {
      if (!pod.management) continue;
      const { name, service } = pod;
      this.#owners.set(normal(pod.management.address), {
        pod: name,
        ...(service !== undefined && { service }),
      });
    }
  }

  ownerOf(address: string): Owner | undefined {
    return this.#owners.get(normal(address));
  }
}

/** One end of a conversation, with the service that has the address. */
export function endOf(address: string, port: number | undefined, book: AddressBook): FlowEnd {
  const owner = book.ownerOf(address);
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
