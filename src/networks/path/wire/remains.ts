import type { Link } from '../../ip.ts';

/**
 * What is left in a function's namespace of wires whose pod has gone, and the pod's end with it. The outer end of such a wire
 * is still a port of the network's switch: a switch that remembers the pod's hardware address there would send what is for
 * the next pod of that address nowhere. Pure.
 * @returns names of interfaces
 */
export function remainsOf(links: readonly Link[]): string[] {
  const whole = new Set(links.filter(({ ifname }) => ifname.startsWith('i-')).map(({ master }) => master));
  const bridgeOf = ({ ifname, master }: Link) => (ifname.startsWith('w-') ? ifname : master);
  return links
    .filter((link) => /^[ow]-/.test(link.ifname) && !whole.has(bridgeOf(link)))
    .map(({ ifname }) => ifname);
}
