import type { Link } from '../ip.ts';
import { portName, stubName } from './names.ts';

/** Frames that were lost on the veth between a network's bridge and the edge: too long, or the other end was down. */
export function lost(vlan: number, links: readonly Link[]): { toWire: number; fromWire: number } {
  const dropped = (name: string) => links.find(({ ifname }) => ifname === name)?.stats64?.tx.dropped ?? 0;
  return { toWire: dropped(portName(vlan)), fromWire: dropped(stubName(vlan)) };
}
