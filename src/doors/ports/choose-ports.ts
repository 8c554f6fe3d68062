import { HeddleError } from '../../lib/errors.ts';
import { dynamicPorts, firstFree, type PortRange } from '../../networks/ip/host-ports.ts';
import type { Published } from '../../networks/ip/options.ts';
import type { PublishedAt } from '../../networks/ip/published-by.ts';

/** A port of an endpoint, and which of the host may lead to it: one, or any of some. */
export interface AskedPort extends Omit<Published, 'published'>, PortRange {}

/** A port of the host that somebody has; without an address, or with one that means all, at all addresses. */
export type TakenPort = Pick<PublishedAt, 'protocol' | 'published' | 'address'>;

/** Where none is asked for. */
export const anyPort = dynamicPorts;

/** Whether one of several is to be chosen. */
export function isOpen({ from, to }: Pick<AskedPort, 'from' | 'to'>): boolean {
  return from !== to;
}

/**
 * Each with a port of the host: of several the one that it has already, else the lowest that nobody has. What is asked for by its
 * number is given as it is: whoever publishes it says whether it is taken. Pure. `before`: what the endpoint publishes so far.
 * @throws HeddleError ERR_PORT_IN_USE when all that would do are taken
 */
export function choosePorts(
  asked: readonly AskedPort[],
  before: readonly PublishedAt[] = [],
  taken: readonly TakenPort[] = [],
): PublishedAt[] {
  const given = new TakenPorts(taken);
  // Nothing is chosen that is asked for by its number.
  for (const one of asked) if (!isOpen(one)) given.add({ ...one, published: one.from });
  return asked.map(({ from, to, ...port }) => {
    if (!isOpen({ from, to })) return { ...port, published: from };
    const published = chosen({ from, to, ...port }, before, given);
    given.add({ ...port, published });
    return { ...port, published };
  });
}

function chosen(asked: AskedPort, before: readonly PublishedAt[], given: TakenPorts): number {
  const isFree = (published: number) => !given.has({ ...asked, published });
  const kept = before.find(
    ({ port, protocol, address, published }) =>
      port === asked.port &&
      protocol === asked.protocol &&
      address === asked.address &&
      published >= asked.from &&
      published <= asked.to &&
      isFree(published),
  );
  if (kept) return kept.published;
  const found = firstFree(asked, isFree);
  if (found !== undefined) return found;
  throw new HeddleError(
    'ERR_PORT_IN_USE',
    `port ${asked.port}/${asked.protocol}: all ports of this host from ${asked.from} to ${asked.to} are taken`,
  );
}

const all: readonly (string | undefined)[] = [undefined, '0.0.0.0', '::'];

class TakenPorts {
  readonly #addresses = new Map<string, Set<string | undefined>>();

  constructor(taken: readonly TakenPort[]) {
    for (const one of taken) this.add(one);
  }

  add({ protocol, published, address }: TakenPort): void {
    const key = `${protocol} ${published}`;
    const addresses = this.#addresses.get(key) ?? new Set();
    this.#addresses.set(key, addresses.add(all.includes(address) ? undefined : address));
  }

  has({ protocol, published, address }: TakenPort): boolean {
    const addresses = this.#addresses.get(`${protocol} ${published}`);
    if (!addresses) return false;
    return all.includes(address) || addresses.has(undefined) || addresses.has(address);
  }
}
