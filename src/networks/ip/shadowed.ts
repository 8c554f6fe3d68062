import type { Listening } from '../../lib/listening.ts';
import type { Published } from './options.ts';
import { isAll } from './rules.ts';

/**
 * The program of this host that would hear nothing any more if a port were published: whatever comes there would be led to an
 * endpoint. Pure. `families`: of the addresses that the endpoint has.
 */
export function shadowed(
  { protocol, published, address, held }: Published,
  families: ReadonlySet<4 | 6>,
  listening: readonly Listening[],
): Listening | undefined {
  if (held) return undefined;
  return listening.find(
    (one) =>
      one.protocol === protocol &&
      one.port === published &&
      (address === undefined || isAll(address)
        ? hears(one, address === undefined ? families : new Set([familyOf(address)]))
        : isAt(one, address)),
  );
}

/**
 * One that takes IPv6 from all takes IPv4 as well, unless it says otherwise (RFC 3493, 5.3). What comes to `::1` is led nowhere.
 */
function hears({ address }: Listening, families: ReadonlySet<4 | 6>): boolean {
  if (address === '::1') return false;
  return address === '::' || families.has(familyOf(address));
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

function isAt(one: Listening, address: string): boolean {
  return (
    one.address === address || one.address === '::' || (one.address === '0.0.0.0' && !address.includes(':'))
  );
}
