// What a tunnel knows: at which host an address of Ethernet is, and whose an address of IP is. It learns nothing by itself, floods
// nothing, and answers for who is elsewhere (ip-link(8), `nolearning`, `proxy`). Pure.

/** Whoever is on another host, or another host itself. */
export interface Station {
  readonly mac: string;
  readonly addresses: readonly string[];
  /** Of its host. */
  readonly vtep: string;
}

/** What `bridge -j fdb show dev` says of an entry; only what Heddle reads. */
export interface Forwarding {
  readonly mac: string;
  /** The host behind the tunnel; absent: it is of the bridge that the tunnel is a port of. */
  readonly dst?: string;
  readonly state?: string;
}

/** The same of `ip -j neigh show dev`. */
export interface Neighbour {
  readonly dst: string;
  readonly lladdr?: string;
  readonly state: readonly string[];
}

export interface TableChanges {
  /** Lines for `bridge -batch`. */
  readonly bridge: readonly string[];
  /** Lines for `ip -batch`. */
  readonly ip: readonly string[];
}

/** What makes a tunnel know just these; nothing where it does. */
export function tableChanges(
  tunnel: string,
  stations: readonly Station[],
  {
    entries,
    neighbours,
  }: { readonly entries: readonly Forwarding[]; readonly neighbours: readonly Neighbour[] },
): TableChanges {
  const hosts = new Map(stations.map(({ mac, vtep }) => [mac, vtep]));
  const owners = new Map(
    stations.flatMap(({ mac, addresses }) => addresses.map((one) => [one, mac] as const)),
  );
  const led = new Map(entries.flatMap(({ mac, dst }) => (dst === undefined ? [] : [[mac, dst] as const])));
  const known = new Map(
    neighbours.flatMap(({ dst, lladdr, state }) =>
      lladdr !== undefined && state.includes('PERMANENT') ? [[dst, lladdr] as const] : [],
    ),
  );
  return {
    bridge: [
      ...[...led]
        .filter(([mac]) => !hosts.has(mac))
        .map(([mac, dst]) => `fdb del ${mac} dev ${tunnel} dst ${dst} self`),
      ...[...hosts]
        .filter(([mac, vtep]) => led.get(mac) !== vtep)
        .map(([mac, vtep]) => `fdb replace ${mac} dev ${tunnel} dst ${vtep} self static`),
    ],
    ip: [
      ...[...known]
        .filter(([address]) => !owners.has(address))
        .map(([address]) => `neigh del ${address} dev ${tunnel}`),
      ...[...owners]
        .filter(([address, mac]) => known.get(address) !== mac)
        .map(([address, mac]) => `neigh replace ${address} lladdr ${mac} dev ${tunnel} nud permanent`),
    ],
  };
}
