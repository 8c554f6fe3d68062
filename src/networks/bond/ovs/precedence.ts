import { host } from '../../linux/links.ts';
import { nft } from '../../nft.ts';

// What LACP and BFD say by a link waits for its turn with all else, and is dropped where that is more than the link carries: a link
// that is full would be taken for one that is silent. The kernel's queues let go first what is of its highest priority (tc-prio(8)).

export const table = 'heddle_bond';
/** TC_PRIO_CONTROL of linux/pkt_sched.h. */
const first = '0:7';

/** Lets what a bond says by its links go before all else. A kernel that cannot say it (before 5.16) lets it wait. */
export async function precede(links: readonly string[]): Promise<void> {
  if (links.length === 0) return;
  try {
    await nft(host, links.flatMap(preceding).join('\n'));
  } catch (error) {
    if (!/not supported/.test(String(error))) throw error;
  }
}

export async function unprecede(links: readonly string[]): Promise<void> {
  if (links.length > 0) await nft(host, links.flatMap(withoutChain).join('\n'));
}

/** The chain of an interface that went is dead: each is made anew. Pure. */
export function preceding(link: string): string[] {
  const chain = `netdev ${table} ${chainOf(link)}`;
  return [
    ...withoutChain(link),
    `add chain ${chain} { type filter hook egress device "${link}" priority 0; policy accept; }`,
    `add rule ${chain} ether type 0x8809 meta priority set ${first} counter`,
    `add rule ${chain} udp dport 3784 meta priority set ${first} counter`,
  ];
}

/** A name of nft(8) begins with a letter; one of an interface may not. */
function chainOf(link: string): string {
  return `link_${link}`;
}

/** To delete what is not there would fail: it is added first. */
function withoutChain(link: string): string[] {
  const chain = `netdev ${table} ${chainOf(link)}`;
  return [`add table netdev ${table}`, `add chain ${chain}`, `delete chain ${chain}`];
}
