import { inbound, outbound } from './identity.ts';

/**
 * What a link with IPv6 needs to work, and nothing behind it: neighbour solicitations and advertisements with at most one
 * option (RFC 4861, 4.3 and 4.4; a nonce by RFC 7527), and the membership of multicast groups (RFC 3810). Routers are not
 * needed: engines give addresses and routes themselves. Judged once fragments are put together, whatever headers there
 * are in front.
 */
export function neighbourRules(): string[] {
  return [
    'icmpv6 type { nd-router-solicit, nd-router-advert, nd-redirect } counter name discovery drop',
    'icmp type { redirect, router-advertisement, router-solicitation } counter name discovery drop',
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } goto discovery',
    'icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } goto membership',
  ];
}

export function neighbourChains(): string[] {
  const form = 'icmpv6 code 0 ip6 hoplimit 255 ip6 nexthdr icmpv6';
  // Type and length of the option: source or target link-layer address, nonce; eight bytes.
  const option = '@th,192,16 { 0x0101, 0x0201, 0x0e01 }';
  const refuse = 'counter name discovery drop';
  return [
    '  chain discovery {',
    `    ${form} ip6 length 24 accept`,
    `    ${form} ip6 length 32 ${option} accept`,
    `    ${refuse}`,
    '  }',
    '  chain membership {',
    // A query comes in, reports go out: of those, four groups at a time, which is more than a service joins by itself.
    `    meta mark ${inbound} icmpv6 type mld-listener-query ip6 hoplimit 1 ip6 length <= 36 accept`,
    `    meta mark ${outbound} icmpv6 type != mld-listener-query ip6 hoplimit 1 ip6 length <= 96 accept`,
    `    ${refuse}`,
    '  }',
  ];
}
