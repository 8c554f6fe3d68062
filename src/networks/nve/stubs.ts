import type { Link } from '../ip.ts';
import { aliasOf, isOwn } from '../linux/names.ts';
import type { IngressPort } from './edge.ts';
import { isMarked } from './marks.ts';
import { portName, stubName } from './names.ts';

// A stub is one end of a veth; the other is a port of the network's bridge. Pure.

/**
 * Lines for `ip -batch` that make the host's stubs those of the ports; none when they are. `stubMtu`: of the stubs themselves,
 * where it is not that of the network: what is too long for this gets lost on the way to the port, and is counted there.
 */
export function stubChanges(
  ports: readonly IngressPort[],
  links: readonly Link[],
  stubMtu?: number,
): string[] {
  const byName = new Map(stubsOf(links).map((link) => [link.ifname, link]));
  const wanted = new Map(ports.map((port) => [stubName(port.vlan), port]));
  const surplus = stubsOf(links).filter(({ ifname, ifalias }) => {
    const port = wanted.get(ifname);
    return port === undefined || !isOwn(ifalias, port.network);
  });
  const gone = new Set(surplus.map(({ ifname }) => ifname));
  return [
    ...surplus.map(({ ifname }) => `link del ${ifname}`),
    ...ports.flatMap((port) => {
      const name = stubName(port.vlan);
      const found = gone.has(name) ? undefined : byName.get(name);
      return found ? settle(port, found, stubMtu ?? port.mtu) : create(port, stubMtu ?? port.mtu);
    }),
  ];
}

/** Every stub on the host, whatever port it was for. */
export function stubsOf<L extends Link>(links: readonly L[]): L[] {
  return links.filter((link) => /^hs\d+$/.test(link.ifname) && isMarked(link));
}

/** Every tunnel. */
export function tunnelsOf<L extends Link>(links: readonly L[]): L[] {
  return links.filter((link) => /^hx\d+$/.test(link.ifname) && isMarked(link));
}

function create(port: IngressPort, stubMtu: number): string[] {
  const stub = stubName(port.vlan);
  return [
    `link add ${stub} mtu ${stubMtu} type veth peer name ${portName(port.vlan)} mtu ${port.mtu}`,
    `link set ${stub} alias "${aliasOf('ingress', port.network, port.name)}"`,
    `link set ${portName(port.vlan)} addrgenmode none`,
  ];
}

function settle({ vlan }: IngressPort, found: Link, mtu: number): string[] {
  return found.mtu === mtu ? [] : [`link set ${stubName(vlan)} mtu ${mtu}`];
}

/** Those that frames do not pass yet. */
export function stubsDown(links: readonly Link[]): string[] {
  return [...stubsOf(links), ...tunnelsOf(links)]
    .filter(({ flags }) => !flags.includes('UP'))
    .map(({ ifname }) => ifname);
}

/** Whether frames of a network pass its stub by now. */
export function isCarried({ vlan, network }: IngressPort, links: readonly Link[]): boolean {
  return stubsOf(links).some(
    ({ ifname, ifalias, flags }) =>
      ifname === stubName(vlan) && isOwn(ifalias, network) && flags.includes('UP'),
  );
}
