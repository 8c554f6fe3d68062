import { host } from '../linux/links.ts';
import { nft } from '../nft.ts';
import { familyOf } from './addresses.ts';

const table = 'heddle_liveness';

interface Guard {
  /** UDP, of what measures the paths. */
  readonly port: number;
  readonly paths: readonly { readonly local: string; readonly remote: string }[];
}

/**
 * Which packets are never heard by what measures the paths: those of anybody but the other nodes, which would only take its time;
 * and those that came in parts, whose size says nothing of what a path takes. Before the kernel puts parts together, so that the
 * first is seen (nft(8): below -400). Text in place of what was there. Pure.
 */
export function livenessRules({ port, paths }: Guard): string {
  const rules = (['inet', 'inet6'] as const).flatMap((family) => {
    const own = paths.filter(({ remote }) => familyOf(remote) === family);
    if (own.length === 0) return [];
    const [word, isPart] =
      family === 'inet' ? ['ip', 'ip frag-off & 0x2000 != 0'] : ['ip6', 'frag more-fragments 1'];
    const here = `${word} daddr { ${setOf(own.map(({ local }) => local))} } udp dport ${port}`;
    const others = `${word} saddr != { ${setOf(own.map(({ remote }) => remote))} }`;
    return [`${here} ${others} counter drop`, `${here} ${isPart} counter drop`];
  });
  return [
    `add table inet ${table}`,
    `add chain inet ${table} early { type filter hook prerouting priority -450; policy accept; }`,
    `flush chain inet ${table} early`,
    ...rules.map((rule) => `add rule inet ${table} early ${rule}`),
  ].join('\n');
}

function setOf(addresses: readonly string[]): string {
  return [...new Set(addresses)].join(', ');
}

/** @throws HeddleError ERR_NETWORK */
export async function guardLiveness(guard: Guard): Promise<void> {
  await nft(host, livenessRules(guard));
}

export async function removeLivenessGuard(): Promise<void> {
  await nft(host, `add table inet ${table}\ndelete table inet ${table}`);
}
