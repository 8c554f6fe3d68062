import { addressBytes } from '../../lib/address-bytes.ts';

export interface RateLimits {
  /** Answers a second to one network of clients; 0: no limit. */
  readonly perSecond: number;
  /** Answers that may come at once after a rest. */
  readonly burst: number;
  /** Every so many-th answer over the limit is a truncated one, for real clients to ask again over TCP; 0: none. */
  readonly slip: number;
  /** How many bits of an address make a network. */
  readonly ipv4Prefix: number;
  readonly ipv6Prefix: number;
  /** Networks that are remembered; the one known longest is forgotten first. */
  readonly networks: number;
}

export const defaultRateLimits: RateLimits = {
  perSecond: 1000,
  burst: 2000,
  slip: 2,
  ipv4Prefix: 24,
  ipv6Prefix: 56,
  networks: 16_384,
};

export type RateDecision = 'answer' | 'slip' | 'drop';

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  at: number;
  over: number;
}

/**
 * Response rate limiting: addresses of UDP queries can be forged, and answers are larger than queries. A bucket of
 * tokens for each network of clients. Time is handed in.
 */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: Partial<RateLimits> = {}) {
    this.#limits = { ...defaultRateLimits, ...limits };
  }

  /** Networks that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Whether an address gets an answer at a time in milliseconds. */
  check(address: string, now: number): RateDecision {
    const { perSecond, burst, slip } = this.#limits;
    if (perSecond <= 0) return 'answer';
    const bucket = this.#bucket(address, now);
    // A clock that went back gives nothing and takes nothing.
    const elapsed = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsed * perSecond) / 1000);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return 'answer';
    }
    bucket.over++;
    return slip > 0 && bucket.over % slip === 0 ? 'slip' : 'drop';
  }

  #bucket(address: string, now: number): Bucket {
    const network = networkOf(address, this.#limits);
    const known = this.#buckets.get(network);
    if (known) return known;
    if (this.#buckets.size >= this.#limits.networks) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    const bucket = { tokens: this.#limits.burst, at: now, over: 0 };
    this.#buckets.set(network, bucket);
    return bucket;
  }
}

/** One character a byte: 4 of them for IPv4, 16 for IPv6, so that the two never meet. */
function networkOf(address: string, { ipv4Prefix, ipv6Prefix }: RateLimits): string {
  const bytes = addressBytes(address);
  let bits = bytes.length === 4 ? ipv4Prefix : ipv6Prefix;
  let network = '';
  for (const byte of bytes) {
    network += String.fromCharCode(byte & (0xff00 >> Math.max(0, Math.min(8, bits))));
    bits -= 8;
  }
  return network;
}
