import ipaddr from 'ipaddr.js';
import type { Underlay } from '../edge.ts';
import { canonical, type Family, familyOf } from './options.ts';

// Where the frames of a tunnel go: to the host where an address was learned, else to all. Pure.

/** What `bridge -j fdb show` says of an entry; only what Heddle reads. */
export interface Forwarding {
  readonly mac: string;
  readonly ifname: string;
  /** The host behind a tunnel. */
  readonly dst?: string;
}

/** For frames to an address that was not learned: a copy to each (vxlan(7) of bridge(8), `fdb append`). */
const everybody = '00:00:00:00:00:00';

export interface PeerChanges {
  /** Lines for `bridge -batch` that make the hosts that frames are copied to the peers; new ones come before others go. */
  readonly copies: readonly string[];
  /** What was learned of hosts that are no peers any more. It also goes by itself, with age. */
  readonly stale: readonly string[];
}

export function peerChanges(
  tunnels: readonly string[],
  peers: readonly string[],
  entries: readonly Forwarding[],
): PeerChanges {
  const wanted = new Set(peers.map(canonical));
  const own = entries.flatMap(({ mac, ifname, dst }) =>
    dst !== undefined && tunnels.includes(ifname) ? [{ mac, ifname, dst: canonical(dst) }] : [],
  );
  const copied = new Set(
    own.filter(({ mac }) => mac === everybody).map(({ ifname, dst }) => `${ifname} ${dst}`),
  );
  const remove = ({ mac, ifname, dst }: (typeof own)[number]) => `fdb del ${mac} dev ${ifname} dst ${dst}`;
  const strangers = own.filter(({ dst }) => !wanted.has(dst));
  return {
    copies: [
      ...tunnels.flatMap((tunnel) =>
        [...wanted]
          .filter((peer) => !copied.has(`${tunnel} ${peer}`))
          .map((peer) => `fdb append ${everybody} dev ${tunnel} dst ${peer}`),
      ),
      ...strangers.filter(({ mac }) => mac === everybody).map(remove),
    ],
    stale: strangers.filter(({ mac }) => mac !== everybody).map(remove),
  };
}

/** Of each host the address of that family, if it has one. What hosts have said is not checked before. */
export function peersAmong(hosts: readonly Underlay[], family: Family): string[] {
  const found = hosts.flatMap(
    (addresses) => addresses.find((one) => ipaddr.isValid(one) && familyOf(one) === family) ?? [],
  );
  return [...new Set(found.map(canonical))].sort();
}

/** Where tunnels lead by now. */
export function peersKept(entries: readonly Forwarding[]): string[] {
  const found = entries.flatMap(({ mac, ifname, dst }) =>
    mac === everybody && /^hx\d+$/.test(ifname) && dst !== undefined ? [canonical(dst)] : [],
  );
  return [...new Set(found)].sort();
}
