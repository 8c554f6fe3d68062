import { createHmac } from 'node:crypto';
import type { Site } from '../../model.ts';

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
 * The keys of one gateway. Each pair has another, so that no gateway can speak for another one; who answers needs no more
 * than its own secret.
 * @param secret of the whole edge
 */
export function echoPeers(
  secret: Buffer,
  site: string,
  gateways: Readonly<Record<string, readonly string[]>>,
): EchoPeers {
  const secretOf = (name: string) => derive(secret, `gateway ${name}`);
  const others = Object.entries(gateways).filter(([name]) => name !== site);
  return {
    own: secretOf(site).toString('base64'),
    peers: Object.fromEntries(
      others.map(([name, addresses]) => [
        name,
        { addresses, key: keyFor(secretOf(name), site).toString('base64') },
      ]),
    ),
  };
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
