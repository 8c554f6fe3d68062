import type { BondSight, LacpSystem, MemberSight } from '../bond-driver.ts';
import { valueIn } from '../value-in.ts';

/** Bits of a port’s state (IEEE 802.1AX-2020, 6.4.2.3). */
const state = { collecting: 0x10, distributing: 0x20, defaulted: 0x40, expired: 0x80 };
const nobody = '00:00:00:00:00:00';

/** What `/proc/net/bonding/NAME` says of a bond of 802.3ad, to who may read it whole (CAP_NET_ADMIN). Pure. */
export function parseProcBonding(text: string): BondSight {
  const [head = '', ...members] = text.split(/^Slave Interface: /m);
  const aggregator = valueIn(head, 'Aggregator ID');
  return {
    actor: systemOf(valueIn(head, 'System MAC address'), valueIn(head, 'Actor Key')),
    members: members.map((member) => memberIn(member, aggregator)),
  };
}

function memberIn(text: string, aggregator: string | undefined): MemberSight {
  const [name = ''] = text.split('\n');
  const [about = '', actor = ''] = text.split('details actor lacp pdu:');
  const [own = '', other = ''] = actor.split('details partner lacp pdu:');
  const bits = Number(valueIn(own, 'port state') ?? state.defaulted);
  const partner = systemOf(valueIn(other, 'system mac address'), valueIn(other, 'oper key'));
  const isHeard = partner !== undefined && (bits & (state.defaulted | state.expired)) === 0;
  const carries = state.collecting | state.distributing;
  const isActive = valueIn(about, 'Aggregator ID') === aggregator;
  return {
    name,
    hasCarrier: valueIn(about, 'MII Status') === 'up',
    speed: speedIn(valueIn(about, 'Speed')),
    isHeard,
    partner: partner && { ...partner, port: Number(valueIn(other, 'port number') ?? 0) },
    bfd: undefined,
    // One that hears nobody carries alone, where it is the only one: that is no bond.
    isUsed: isHeard && isActive && (bits & carries) === carries,
    falls: [Number(valueIn(about, 'Link Failure Count') ?? 0)],
  };
}

function systemOf(system: string | undefined, key: string | undefined): LacpSystem | undefined {
  return system === undefined || system === nobody ? undefined : { system, key: Number(key ?? 0) };
}

/** `1000 Mbps`, `Unknown`. */
function speedIn(text: string | undefined): number | undefined {
  const megabits = Number.parseInt(text ?? '', 10);
  return megabits > 0 ? megabits * 1e6 : undefined;
}
