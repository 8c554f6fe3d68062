import { createHmac } from 'node:crypto';
import type { Site } from '../../model/model.ts';

/** Of each side: those next by name, and as many spread over all. What lies between them is predicted. */
const sidePeers = 16;

/** Addresses of gateways, by site. */
type Gateways = Readonly<Record<string, readonly string[]>>;

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
 * Gives each gateway its peers, at most 64, and their keys. Who is asked may ask back. Each pair has another key, so that
 * no gateway can speak for another one; who answers needs no more than its own secret.
 */
export class EchoKeys {
  readonly #secret: Buffer;
  readonly #gateways: Gateways;
  readonly #names: readonly string[];
  readonly #secrets = new Map<string, Buffer>();

  /** @param secret of the whole edge */
  constructor(secret: Buffer, gateways: Gateways) {
    this.#secret = secret;
    this.#gateways = gateways;
    this.#names = Object.keys(gateways).sort();
  }

  of(site: string): EchoPeers {
    const peers = this.#peersOf(site).map((name): [string, EchoPeer] => [
      name,
      {
        addresses: this.#gateways[name] ?? [],
        key: keyFor(this.#secretOf(name), site).toString('base64'),
      },
    ]);
    return { own: this.#secretOf(site).toString('base64'), peers: Object.fromEntries(peers) };
  }

  #peersOf(site: string): string[] {
    const names = this.#names;
    if (names.length <= 4 * sidePeers + 1) return names.filter((name) => name !== site);
    const at = names.indexOf(site);
    const steps = Array.from({ length: sidePeers }, (_, index) => index + 1);
    const wide = steps.map((step) => Math.floor((step * names.length) / (2 * sidePeers + 2)));
    const chosen = [...steps, ...wide].flatMap((step) => [
      names[(at + step) % names.length],
      names.at(at - step),
    ]);
    return [...new Set(chosen)].filter((name) => name !== undefined);
  }

  #secretOf(site: string): Buffer {
    const secret = this.#secrets.get(site) ?? derive(this.#secret, `gateway ${site}`);
    this.#secrets.set(site, secret);
    return secret;
  }
}

/** The peers and keys of one gateway, see `EchoKeys`. */
export function echoPeers(secret: Buffer, site: string, gateways: Gateways): EchoPeers {
  return new EchoKeys(secret, gateways).of(site);
}

export function gatewaysOf(sites: Readonly<Record<string, Site>>): Gateways {
  return Object.fromEntries(Object.entries(sites).map(([name, { gateway }]) => [name, gateway]));
}

/** The key of one that asks, for who answers. */
export function keyFor(own: Buffer, asks: string): Buffer {
  return derive(own, `asks ${asks}`);
}

function derive(key: Buffer, what: string): Buffer {
  return createHmac('sha256', key).update(`heddle echo ${what}`).digest();
}
