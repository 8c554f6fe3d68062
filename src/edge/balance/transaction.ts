import { families, type PortTable, partsOf, type Rules, tableSize } from './rules.ts';

/** What all rules are built like; those of another layout are made anew. */
export const layout = 'heddle, layout 1';

/** Any number, the same at all gateways: they are to send a client that changes gateways to the same copy. */
const seed = '0x68656464';

const addressType = { ip: 'ipv4_addr', ip6: 'ipv6_addr' } as const;

/**
 * What `nft -f` has to be told to come from one state of a table to another, in one transaction. Of a port that stays only
 * the entries that differ are touched, so whatever goes on is not disturbed. Empty when nothing differs. Pure.
 * @param before nothing: there is no such table
 */
export function transaction(table: string, before: Rules | undefined, after: Rules): string {
  const name = `inet ${table}`;
  const was = before ?? { gateways: { ip: [], ip6: [] }, ports: {} };
  const removed = Object.keys(was.ports).filter((port) => !(port in after.ports));
  const lines = [
    ...(before ? [] : skeleton(name)),
    ...families.flatMap((family) =>
      elements(name, `gateways-${family}`, was.gateways[family], after.gateways[family]),
    ),
    ...['tcp', 'udp'].flatMap((protocol) =>
      elements(name, `ports-${protocol}`, numbers(was, protocol), numbers(after, protocol)),
    ),
    ...removed.flatMap((port) => removal(name, port)),
    ...Object.entries(after.ports).flatMap(([port, wanted]) => {
      const there = was.ports[port];
      return there ? difference(name, port, there, wanted) : addition(name, port, wanted);
    }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * NAT is decided by a connection's first packet, and the kernel remembers it: what is changed here later is for new
 * connections only.
 */
function skeleton(name: string): string[] {
  return [
    `add table ${name}`,
    ...families.flatMap((family) => [
      `add set ${name} gateways-${family} { type ${addressType[family]}; }`,
      `add map ${name} services-${family} { type inet_proto . inet_service : verdict; }`,
    ]),
    ...['tcp', 'udp'].map((protocol) => `add set ${name} ports-${protocol} { type inet_service; }`),
    `add chain ${name} lead`,
    ...families.map(
      (family) =>
        `add rule ${name} lead ${family} daddr @gateways-${family} meta l4proto . th dport vmap @services-${family} comment "${layout}"`,
    ),
    `add chain ${name} prerouting { type nat hook prerouting priority dstnat; }`,
    `add rule ${name} prerouting jump lead`,
    // Clients on the gateway's own host.
    `add chain ${name} output { type nat hook output priority -100; }`,
    `add rule ${name} output jump lead`,
    // Answers have to come back this way.
    `add chain ${name} back`,
    ...['tcp', 'udp'].map(
      (protocol) =>
        `add rule ${name} back meta l4proto ${protocol} ct original proto-dst @ports-${protocol} masquerade`,
    ),
    `add chain ${name} postrouting { type nat hook postrouting priority srcnat; }`,
    ...families.map(
      (family) =>
        `add rule ${name} postrouting ct status dnat ct original ${family} daddr @gateways-${family} jump back`,
    ),
  ];
}

/** The numbers of a protocol that are balanced in any family. */
function numbers({ ports }: Rules, protocol: string): string[] {
  const parts = Object.keys(ports).map((port) => partsOf(port));
  return [...new Set(parts.filter((one) => one.protocol === protocol).map(({ number }) => number))];
}

function elements(name: string, set: string, before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((one) => !after.includes(one));
  const come = after.filter((one) => !before.includes(one));
  return [
    ...(gone.length > 0 ? [`delete element ${name} ${set} { ${gone.join(', ')} }`] : []),
    ...(come.length > 0 ? [`add element ${name} ${set} { ${come.join(', ')} }`] : []),
  ];
}

function addition(name: string, port: string, { service, entries }: PortTable): string[] {
  const { protocol, number, family } = partsOf(port);
  return [
    // The type of a number as the host writes it: there is no name for that of hash values.
    `add map ${name} ${port} { typeof meta length : ${family} daddr . ${protocol} dport; }`,
    `add element ${name} ${port} { ${entries.map((entry, index) => `${index} : ${entry}`).join(', ')} }`,
    `add chain ${name} ${port}`,
    rule(name, port, service),
    `add element ${name} services-${family} { ${protocol} . ${number} : goto ${port} }`,
  ];
}

function rule(name: string, port: string, service: string): string {
  const { protocol, family } = partsOf(port);
  const hash = `jhash ${family} saddr . ${protocol} sport mod ${tableSize} seed ${seed}`;
  return `add rule ${name} ${port} meta l4proto ${protocol} dnat ${family} to ${hash} map @${port} comment "${service}"`;
}

function removal(name: string, port: string): string[] {
  const { protocol, number, family } = partsOf(port);
  return [
    `delete element ${name} services-${family} { ${protocol} . ${number} }`,
    `flush chain ${name} ${port}`,
    `delete chain ${name} ${port}`,
    `delete map ${name} ${port}`,
  ];
}

function difference(name: string, port: string, before: PortTable, after: PortTable): string[] {
  const isSame = after.entries === before.entries;
  const changed = (isSame ? [] : after.entries).flatMap((entry, index) =>
    entry === before.entries[index] ? [] : [index],
  );
  const lines: string[] = [];
  const had = changed.filter((index) => before.entries[index] !== undefined);
  if (had.length > 0) lines.push(`delete element ${name} ${port} { ${had.join(', ')} }`);
  if (changed.length > 0) {
    const now = changed.map((index) => `${index} : ${after.entries[index]}`);
    lines.push(`add element ${name} ${port} { ${now.join(', ')} }`);
  }
  if (before.service !== after.service)
    lines.push(`flush chain ${name} ${port}`, rule(name, port, after.service));
  return lines;
}
