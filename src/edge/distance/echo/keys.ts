import { createHmac } from 'node:crypto';
import type { Site } from '../../model.ts';

/** Of each side: those next by name, and as many spread over all. What lies between them is predicted. */
const sidePeers = 16;

/** What a gateway needs to measure others, and to answer those that measure it. */
export interface EchoPeers {
  /** Its own secret, base64: the keys of all that may ask it follow from it. */
  readonly own: string;
  /** By site, those that it measures. */
  readonly peers: Readonly<Record<string, EchoPeer>>;
}

interface EchoPeer {
  readonly addresses: readonly string[];
  /** Base64. */
  readonly key: string;
}

/**
 * The peers of one gateway, at most 64, and their keys. Who is asked may ask back. Each pair has another, so that no gateway can speak for another one; who answers needs no more
 * than its own secret.
 * @param secret of the whole edge
 */
export function echoPeers(
  secret: Buffer,
  site: string,
  gateways: Readonly<Record<string, readonly string[]>>,
): EchoPeers {
  const secretOf = (name: string) => derive(secret, `gateway ${name}`);
  return {
    own: secretOf(site).toString('base64'),
    peers: Object.fromEntries(
      peersOf(site, Object.keys(gateways)).map((name) => [
        name,
        { addresses: gateways[name] ?? [], key: keyFor(secretOf(name), site).toString('base64') },
      ]),
    ),
  };
}

function peersOf(site: string, names: readonly string[]): string[] {
  const sorted = names.toSorted();
  const at = sorted.indexOf(site);
  if (sorted.length <= 4 * sidePeers + 1) return sorted.filter((name) => name !== site);
  const steps = Array.from({ length: sidePeers }, (_, index) => index + 1);
  const wide = steps.map((step) => Math.floor((step * sorted.length) / (2 * sidePeers + 2)));
  const chosen = [...steps, ...wide].flatMap((step) => [
    sorted.at((at + step) % sorted.length),
    sorted.at(at - step),
  ]);
  return [...new Set(chosen)].filter((name) => name !== undefined);
}

/** Where the gateways of sites are. */
export function gatewaysOf(sites: Readonly<Record<string, Site>>): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(sites).map(([name, { gateway }]) => [name, gateway]));
}

/** The key of one that asks, for who answers. */
export function keyFor(own: Buffer, asks: string): Buffer {
  return derive(own, `asks ${asks}`);
}

function derive(key: Buffer, what: string): Buffer {
  return createHmac('sha256', key).update(`heddle echo ${what}`).digest();
}
