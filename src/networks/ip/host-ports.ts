import { HeddleError } from '../../lib/errors.ts';
import type { Listening } from '../../lib/listening.ts';
import type { Published } from './options.ts';

/** Ports that nobody registers (RFC 6335, 6). */
export const dynamicPorts = { from: 49_152, to: 65_535 } as const;

/** A port of this host, whatever the address: `tcp 8080`. */
export function hostPortKey(protocol: string, port: number): string {
  return `${protocol} ${port}`;
}

/** Ports of the host, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** The first of a range that is free, from `start` on and once around. Pure. @returns nothing when none is */
export function firstFree(
  { from, to }: PortRange,
  isFree: (port: number) => boolean,
  start = from,
): number | undefined {
  const count = to - from + 1;
  for (let tried = 0; tried < count; tried++) {
    const port = from + ((start - from + tried) % count);
    if (isFree(port)) return port;
  }
  return undefined;
}

/** Ports of this host that lead to endpoints (`observeElements`), or at which programs listen. Pure. */
export function heldPorts(elements: ReadonlySet<string>, heard: readonly Listening[]): Set<string> {
  const led = [...elements].flatMap((element) => {
    const [container = '', ...words] = element.split(' ');
    const [protocol = '', port] = words.slice(-4);
    return /^(ports|at)[46]$/.test(container) ? [hostPortKey(protocol, Number(port))] : [];
  });
  return new Set([...led, ...heard.map(({ protocol, port }) => hostPortKey(protocol, port))]);
}

/**
 * Gives each published port that names none of this host's one that nobody has: that which it had before, if it did. Pure.
 * `id`: of the endpoint; where the search begins follows from it, so that two that are decided on at once choose differently.
 * @throws HeddleError ERR_PORT_IN_USE when none is left
 */
export function chooseHostPorts(
  what: string,
  id: string,
  ports: readonly Published[],
  before: readonly Published[],
  held: ReadonlySet<string>,
): Published[] {
  const said = ports.flatMap((port) => (port.published === undefined ? [] : [keyOf(port)]));
  const taken = new Set([...held, ...said]);
  const had = before.filter((port) => !said.includes(keyOf(port)));
  return ports.map((port) => {
    if (port.published !== undefined) return port;
    const index = had.findIndex((one) => isSame(one, port));
    const published = had.splice(index, index < 0 ? 0 : 1)[0]?.published ?? free(what, id, port, taken);
    taken.add(hostPortKey(port.protocol, published));
    return { ...port, published };
  });
}

function free(what: string, id: string, { protocol }: Published, taken: ReadonlySet<string>): number {
  const start = dynamicPorts.from + (Number.parseInt(id.slice(0, 8), 16) || 0);
  const found = firstFree(dynamicPorts, (port) => !taken.has(hostPortKey(protocol, port)), start);
  if (found !== undefined) return found;
  throw new HeddleError(
    'ERR_PORT_IN_USE',
    `${what}: no ${protocol} port of this host is left between ${dynamicPorts.from} and ${dynamicPorts.to}`,
  );
}

function isSame(one: Published, other: Published): boolean {
  return one.port === other.port && one.protocol === other.protocol && one.address === other.address;
}

function keyOf({ protocol, published = 0 }: Published): string {
  return hostPortKey(protocol, published);
}
