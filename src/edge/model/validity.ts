import type { X509Certificate } from 'node:crypto';

/** A certificate that somebody shows, to clients or to a broker, and from when to when it is good: milliseconds since 1970. */
export interface Validity {
  /** `web.edge.internal`, `gateway:helsinki`. */
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

export function validityOf(name: string, { validFrom, validTo }: X509Certificate): Validity {
  return { name, from: Date.parse(validFrom), until: Date.parse(validTo) };
}
