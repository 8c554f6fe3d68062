import { nft, nftList } from '../nft.ts';
import type { BridgeWish } from '../ovs/wishes.ts';
import { host } from './links.ts';

// ovs-vswitchd without its kernel module reads ports by packet sockets, and the kernel goes on to take what comes in there for
// the host's own: it would answer, and route, past the switch and its rules. So nothing gets beyond those sockets.

export const table = 'heddle_ovs';

interface Listed {
  readonly chain?: { readonly family: string; readonly table: string; readonly name: string };
}

/**
 * Whether a port is to be guarded. The kernel's datapath takes frames only after the hook of the guard, which would drop all of
 * them: there a port is guarded only while it is not the switch's. Pure.
 */
export function wantsGuard(datapathType: BridgeWish['datapathType'], isPlugged: boolean): boolean {
  return datapathType === 'netdev' || !isPlugged;
}

/** Keeps what comes in at ports from the host. The chain of an interface that went is dead: each is made anew. */
export async function guardPorts(ports: readonly string[]): Promise<void> {
  if (ports.length > 0) await nft(host, ports.flatMap(guarding).join('\n'));
}

export async function unguardPorts(ports: readonly string[]): Promise<void> {
  if (ports.length > 0) await nft(host, ports.flatMap(withoutChain).join('\n'));
}

/** The ports that are kept so. */
export async function guardedPorts(): Promise<ReadonlySet<string>> {
  const listed = await nftList<Listed>(host, ['chains', 'netdev']);
  const own = listed.flatMap(({ chain }) => (chain?.table === table ? [chain.name] : []));
  return new Set(own.map((name) => name.slice(prefix.length)));
}

function guarding(port: string): string[] {
  const hook = `{ type filter hook ingress device "${port}" priority 0; policy drop; }`;
  return [...withoutChain(port), `add chain netdev ${table} ${chainOf(port)} ${hook}`];
}

/** A name of nft(8) begins with a letter; one of an interface may not. */
const prefix = 'port_';

function chainOf(port: string): string {
  return `${prefix}${port}`;
}

/** To delete what is not there would fail: it is added first. */
function withoutChain(port: string): string[] {
  return [
    `add table netdev ${table}`,
    `add chain netdev ${table} ${chainOf(port)}`,
    `delete chain netdev ${table} ${chainOf(port)}`,
  ];
}
