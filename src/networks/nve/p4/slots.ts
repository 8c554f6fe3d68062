import { HeddleError } from '../../../lib/errors.ts';
import type { Link } from '../../ip.ts';
import { aliasOf, isOwn } from '../../linux/names.ts';
import type { IngressPort } from '../edge.ts';
import { checkName, isMarked } from '../marks.ts';
import { portName } from '../names.ts';

// BMv2 gets its ports when it starts, and none later. So they are made beforehand: veths of which it has one end, and whose
// other end becomes a network's port. Pure.

/** The switch's number of the uplink, as dataplane/nve.p4 has it. */
export const uplinkNumber = 1;

/** The end that the switch has; its number there is one more. */
export function slotName(slot: number): string {
  return `hq${slot}`;
}

/** The other end while no network has it. */
function freeName(slot: number): string {
  return `hf${slot}`;
}

export function numberOfSlot(slot: number): number {
  return uplinkNumber + slot;
}

export interface Slots {
  /** Lines for `ip -batch`. */
  readonly changes: readonly string[];
  /** Slots by VLAN id. */
  readonly slotOf: ReadonlyMap<number, number>;
}

const nobody = 'free';

/**
 * Gives each network a slot, and leaves those that have one where they are.
 * @throws HeddleError ERR_NETWORK where somebody else has the name of a slot, ERR_NETWORK_POOL
 */
export function planSlots(ports: readonly IngressPort[], count: number, links: readonly Link[]): Slots {
  const taken = slotsOf(links);
  const slots = Array.from({ length: count }, (_, index) => index + 1);
  const byVlan = new Map(ports.map((port) => [port.vlan, port]));
  const kept = new Map<number, number>();
  const changes: string[] = [];
  for (const slot of slots) {
    const found = taken.get(slot);
    if (!found) {
      for (const name of [slotName(slot), freeName(slot)])
        checkName(name, links, `port ${slot} of the switch`);
      changes.push(...create(slot));
      continue;
    }
    const port = found.vlan === undefined ? undefined : byVlan.get(found.vlan);
    if (port && isOwn(found.alias, port.network)) kept.set(port.vlan, slot);
    else if (found.vlan !== undefined) changes.push(...release(slot, found.vlan));
  }
  const used = new Set(kept.values());
  const free = slots.filter((slot) => !used.has(slot));
  for (const port of ports.filter(({ vlan }) => !kept.has(vlan))) {
    const slot = free.shift();
    if (slot === undefined)
      throw new HeddleError(
        'ERR_NETWORK_POOL',
        `network ${port.name}: all ${count} ports of the switch are taken`,
        {
          hint: 'start the switch with more, and say so in the edge’s options: `ports`',
        },
      );
    kept.set(port.vlan, slot);
    changes.push(...assign(slot, port));
  }
  return { changes, slotOf: kept };
}

/** Slots that are there, and whose port is whose. */
function slotsOf(links: readonly Link[]) {
  const byIndex = new Map(links.map((link) => [link.ifname, link]));
  return new Map(
    links.flatMap((link) => {
      const slot = Number(/^hq([0-9]+)$/.exec(link.ifname)?.[1]);
      if (!Number.isInteger(slot) || !isMarked(link)) return [];
      const peer = byIndex.get(link.link ?? '')?.ifname ?? '';
      const vlan = /^hv([0-9]+)$/.exec(peer)?.[1];
      return [[slot, { alias: link.ifalias, vlan: vlan === undefined ? undefined : Number(vlan) }] as const];
    }),
  );
}

export function slotLinks(links: readonly Link[]): Link[] {
  return links.filter((link) => /^hq[0-9]+$/.test(link.ifname) && isMarked(link));
}

function create(slot: number): string[] {
  return [
    `link add ${slotName(slot)} type veth peer name ${freeName(slot)}`,
    `link set ${slotName(slot)} alias "${aliasOf('ingress', nobody, nobody)}" addrgenmode none`,
    `link set ${freeName(slot)} addrgenmode none`,
  ];
}

function release(slot: number, vlan: number): string[] {
  return [
    `link set ${portName(vlan)} nomaster down`,
    `link set ${portName(vlan)} name ${freeName(slot)}`,
    `link set ${slotName(slot)} alias "${aliasOf('ingress', nobody, nobody)}"`,
  ];
}

function assign(slot: number, { vlan, mtu, network, name }: IngressPort): string[] {
  return [
    `link set ${freeName(slot)} down`,
    `link set ${freeName(slot)} name ${portName(vlan)} mtu ${mtu}`,
    `link set ${slotName(slot)} alias "${aliasOf('ingress', network, name)}"`,
  ];
}
