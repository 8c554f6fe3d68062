import ipaddr from 'ipaddr.js';
import { hexOf } from '../../nft.ts';
import { stampLine } from '../../stamp.ts';

/** One of those whom functions in a path know by name, where it is on one of the engine's bridges. */
export interface Identity {
  readonly bridge: string;
  /** Its port on the bridge; absent for the bridge's own addresses, which come in at no port. */
  readonly port?: string;
  readonly mac: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** Whether it may speak in no other name, whoever's that is: by whom it is, is told which chain it is of. */
  readonly isBound?: boolean;
}

/** Name of an application's table on the host. */
export function guardTable(project: string): string {
  return `heddle-${project}`;
}

/**
 * The rules on the host that keep one port of a bridge from speaking in the name of another: a function sees what it is
 * sent, and not where it came from. Whose addresses no function knows is not concerned. `scoped`: whether the kernel can
 * tell a frame's bridge; where it cannot, an address is taken for its owner's on every bridge of the host.
 */
export function guardRuleset(
  project: string,
  identities: readonly Identity[],
  digest: string,
  scoped: boolean,
): string {
  const table = `table bridge ${guardTable(project)}`;
  const bridges = [...new Set(identities.map(({ bridge }) => `"${bridge}"`))];
  const owners = {
    mac: owned(identities, ({ mac }) => [mac]),
    ipv4: owned(identities, ({ ipv4 }) => ipv4),
    ipv6: owned(identities, ({ ipv6 }) => ipv6),
  };
  return `${[
    table,
    `delete ${table}`,
    `${table} {`,
    '  counter spoofed { }',
    ...sets('mac', 'ether_addr', owners.mac),
    ...sets('ipv4', 'ipv4_addr', owners.ipv4),
    ...sets('ipv6', 'ipv6_addr', owners.ipv6),
    stampLine(digest),
    '  chain discovery {',
    ...advertised(owners.ipv6).map((line) => `    ${line}`),
    '  }',
    '  chain prerouting {',
    '    type filter hook prerouting priority -310; policy accept;',
    ...(scoped && bridges.length > 0 ? [`    meta ibrname != { ${bridges.join(', ')} } accept`] : []),
    ...['ether saddr @mac', 'ip saddr @ipv4', 'arp saddr ip @ipv4', 'ip6 saddr @ipv6'].map(claim),
    '    arp saddr ether @mac iifname . arp saddr ether != @mac_at counter name spoofed drop',
    '    icmpv6 type nd-neighbor-advert jump discovery',
    ...identities.filter(({ isBound }) => isBound).flatMap(bound),
    '  }',
    '}',
  ].join('\n')}\n`;
}

/** Who claims an address that somebody has, at a port that is not that one's. */
function claim(known: string): string {
  const [, field = '', set = ''] = /^(.*) @(.*)$/.exec(known) ?? [];
  return `    ${known} iifname . ${field} != @${set}_at counter name spoofed drop`;
}

/** One that has no address yet asks from none (RFC 2131, 4.1; RFC 4862, 5.4.2). */
function bound({ port, mac, ipv4, ipv6 }: Identity): string[] {
  if (port === undefined) return [];
  const unless = (field: string, allowed: readonly string[]) =>
    `    iifname "${port}" ${field} != { ${allowed.join(', ')} } counter name spoofed drop`;
  return [
    unless('ether saddr', [mac]),
    unless('ip saddr', ['0.0.0.0', ...ipv4]),
    unless('arp saddr ip', ['0.0.0.0', ...ipv4]),
    unless('ip6 saddr', ['::', 'fe80::/10', ...ipv6]),
  ];
}

interface Owned {
  readonly address: string;
  readonly ports: readonly string[];
}

function owned(
  identities: readonly Identity[],
  addresses: (identity: Identity) => readonly string[],
): Owned[] {
  const all = identities.flatMap((identity) =>
    addresses(identity).map((address) => ({ address, port: identity.port })),
  );
  return [...Map.groupBy(all, ({ address }) => address)].map(([address, holders]) => ({
    address,
    ports: [...new Set(holders.flatMap(({ port }) => port ?? []))],
  }));
}

/** The addresses that are somebody's, and at which ports each may be spoken from. */
function sets(name: string, type: string, all: readonly Owned[]): string[] {
  const addresses = all.map(({ address }) => address);
  const places = all.flatMap(({ address, ports }) => ports.map((port) => `"${port}" . ${address}`));
  return [
    `  set ${name} { type ${type};${elements(addresses)} }`,
    `  set ${name}_at { type ifname . ${type};${elements(places)} }`,
  ];
}

function elements(items: readonly string[]): string {
  return items.length > 0 ? ` elements = { ${items.join(', ')} };` : '';
}

/** The target of an advertisement (RFC 4861, 4.4), which nft 1.0 knows no name for. */
function advertised(all: readonly Owned[]): string[] {
  return all.map(({ address, ports }) => {
    const elsewhere =
      ports.length > 0 ? ` iifname != { ${ports.map((port) => `"${port}"`).join(', ')} }` : '';
    return `@th,64,128 ${hexOf(ipaddr.parse(address).toByteArray())}${elsewhere} counter name spoofed drop`;
  });
}
