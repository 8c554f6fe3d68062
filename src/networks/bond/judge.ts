import type { InterfaceCounters } from '../../lib/net-dev.ts';
import type { BondSight, BondWish, LacpSystem, MemberSight } from './bond-driver.ts';
import type { BondDriverName } from './driver-names.ts';
import type { Lately } from './history.ts';
import type { BondMemberStatus, BondStatus, MemberProblem } from './status.ts';

// What the sight of a bond says: what is wrong with which link, in words, and whether the bond carries. Pure.

/** Falls within five minutes that make a link one that flaps. */
const flapping = 3;
/** Bytes in ten seconds below which nobody asks for the share of links: LACP, and not much more. */
const littleSent = 100_000;

export interface Seen {
  readonly wish: BondWish;
  readonly driver: { readonly name: BondDriverName; readonly cost: string | undefined };
  /** Nothing: it is not there, and `trouble` says why. */
  readonly sight: BondSight | undefined;
  readonly trouble: string | undefined;
  readonly counters: ReadonlyMap<string, InterfaceCounters>;
  readonly lately: ReadonlyMap<string, Lately>;
  readonly mtu: number | null;
  readonly addresses: readonly string[];
  /** Why links cannot be members, by their names. */
  readonly refused: ReadonlyMap<string, string>;
}

export function judge(seen: Seen): Omit<BondStatus, 'since'> {
  const { wish, driver, sight, lately } = seen;
  const partner = partnerOf(sight);
  const sent = wish.links.map((name) => lately.get(name)?.sent ?? 0);
  const all = sent.reduce((sum, one) => sum + one, 0);
  const members = wish.links.map((name) => memberStatus(seen, name, partner, all));
  const used = members.filter((member) => member.used);
  const wrong = members.flatMap(({ reason }) => reason ?? []);
  return {
    name: wish.name,
    driver: driver.name,
    cost: driver.cost ?? null,
    mode: wish.mode,
    hash: wish.hash,
    rate: wish.rate,
    detect: wish.detect ?? null,
    state: stateOf(seen, used.length, wrong.length > 0 || seen.trouble !== undefined),
    reason: reasonOf(seen, members, partner),
    actor: sight?.actor ?? null,
    partner: partner ?? null,
    imbalance: all < littleSent ? null : rounded(Math.max(...sent) / (all / sent.length) - 1),
    mtu: seen.mtu,
    addresses: [...seen.addresses],
    members,
  };
}

function stateOf({ driver, sight }: Seen, used: number, isAmiss: boolean): BondStatus['state'] {
  // The kernel’s carries on one link alone where nobody has agreed on more (bonding.rst, 802.3ad).
  const isAlone = driver.name === 'kernel' && sight?.members.some(({ hasCarrier }) => hasCarrier) === true;
  if (used === 0) return isAlone ? 'degraded' : 'down';
  return isAmiss ? 'degraded' : 'up';
}

function reasonOf(
  { wish, driver, sight, trouble }: Seen,
  members: readonly BondMemberStatus[],
  partner: LacpSystem | undefined,
): string {
  const wrong = members.flatMap(({ reason }) => reason ?? []);
  if (!sight) return [...(trouble === undefined ? [] : [trouble]), ...wrong].join('; ') || 'it is being made';
  if (members.some(({ used }) => used)) {
    const agreed = `agreed with ${systemText(partner)} on ${members.filter(({ used }) => used).length} of ${wish.links.length} links`;
    return [agreed, ...wrong, ...(trouble === undefined ? [] : [trouble])].join('; ');
  }
  const isUnheard = members.some(({ carrier }) => carrier) && members.every(({ heard }) => !heard);
  return isUnheard && members.every(({ problem }) => problem === 'silent' || problem === 'pulled')
    ? `nobody speaks LACP on ${listed(members.filter(({ carrier }) => carrier))}: ${driver.name === 'kernel' ? 'one link carries alone' : 'nothing passes, because half of it would be lost'}; make the ports opposite one group of LACP (802.3ad, LAG), active`
    : ['nothing passes', ...wrong, ...(trouble === undefined ? [] : [trouble])].join('; ');
}

/** With whom most of what is heard is: the first of these that is used, or that is heard. */
function partnerOf(sight: BondSight | undefined): LacpSystem | undefined {
  const heard = sight?.members.filter(({ isHeard }) => isHeard) ?? [];
  const member = heard.find(({ isUsed }) => isUsed) ?? heard[0];
  return member?.partner && { system: member.partner.system, key: member.partner.key };
}

function memberStatus(
  { wish, sight, counters, lately, refused }: Seen,
  name: string,
  partner: LacpSystem | undefined,
  all: number,
): BondMemberStatus {
  const member = sight?.members.find((one) => one.name === name);
  const counted = counters.get(name);
  const fastest = Math.max(0, ...(sight?.members ?? []).flatMap(({ speed }) => speed ?? []));
  const around = sight && { wish, sight, partner, fastest };
  const wrong = wrongWith(around, member, counted, lately.get(name), refused.get(name));
  return {
    name,
    used: member?.isUsed ?? false,
    problem: wrong?.problem ?? null,
    reason: wrong ? `${name} ${wrong.why}` : null,
    carrier: member?.hasCarrier ?? false,
    speed: member?.speed ?? null,
    heard: member?.isHeard ?? false,
    bfd: member?.bfd === undefined ? null : member.bfd ? 'up' : 'down',
    partner: member?.partner ? { system: member.partner.system, key: member.partner.key } : null,
    share: all < littleSent ? null : rounded((lately.get(name)?.sent ?? 0) / all),
    sent: counted?.sent.bytes ?? 0,
    received: counted?.received.bytes ?? 0,
    errors: counted?.errors ?? 0,
    failures: lately.get(name)?.failures ?? 0,
  };
}

interface Around {
  readonly wish: BondWish;
  readonly sight: BondSight;
  readonly partner: LacpSystem | undefined;
  readonly fastest: number;
}

interface Wrong {
  readonly problem: MemberProblem;
  readonly why: string;
}

/** The worst that is wrong with a link. */
function wrongWith(
  around: Around | undefined,
  member: MemberSight | undefined,
  counted: InterfaceCounters | undefined,
  lately: Lately | undefined,
  refused: string | undefined,
): Wrong | undefined {
  if (!counted) return { problem: 'absent', why: 'is not there: no interface of this host has that name' };
  if (refused !== undefined) return { problem: 'refused', why: `cannot be a member: ${refused}` };
  if (!around) return undefined;
  if (!member) return { problem: 'refused', why: 'is no member yet' };
  if (member.error !== undefined) return { problem: 'refused', why: `is no member: ${member.error}` };
  if (!member.hasCarrier)
    return { problem: 'pulled', why: 'has no carrier: its cable, or the port opposite, is down' };
  return (
    mutely(around, member) ?? shut(around, member) ?? wrongly(around, member) ?? badly(around, member, lately)
  );
}

function mutely({ wish, sight }: Around, { isHeard, bfd, partner }: MemberSight): Wrong | undefined {
  if (isHeard && partner?.system === sight.actor?.system)
    return {
      problem: 'looped',
      why: 'hears this bond itself: the port opposite passes LACP on, or two links are joined to each other',
    };
  if (!isHeard)
    return {
      problem: 'silent',
      why: `hears nobody, although its carrier is there: the link lets nothing through, or the port opposite is in no group of LACP`,
    };
  if (bfd === false)
    return {
      problem: 'silent',
      why: `has BFD down (detect: ${wish.detect} ms): frames get lost there, or the partner speaks no BFD on it`,
    };
  return undefined;
}

function wrongly({ partner }: Around, { partner: other, isUsed }: MemberSight): Wrong | undefined {
  if (!partner || !other || (partner.system === other.system && partner.key === other.key)) {
    return isUsed
      ? undefined
      : ({
          problem: 'refused',
          why: 'is agreed on, and the partner does not take frames there yet',
        } as const);
  }
  return {
    problem: 'miswired',
    why: `leads to ${systemText(other)}, and the bond to ${systemText(partner)}: it is in another switch, or in another group of that one`,
  } as const;
}

/** The kernel’s bond takes links of one speed. */
function shut({ fastest }: Around, { speed, isUsed }: MemberSight): Wrong | undefined {
  return isUsed ? undefined : slower(fastest, speed);
}

function slower(fastest: number, speed: number | undefined): Wrong | undefined {
  if (speed === undefined || speed >= fastest) return undefined;
  return { problem: 'slow', why: `runs at ${rateText(speed)}, and others at ${rateText(fastest)}` };
}

function badly({ fastest }: Around, { speed }: MemberSight, lately: Lately | undefined): Wrong | undefined {
  if (lately && lately.falls >= flapping)
    return {
      problem: 'flapping',
      why: `was lost ${lately.falls} times within five minutes: its cable, its transceiver, or the port opposite`,
    };
  const slow = slower(fastest, speed);
  if (slow) return slow;
  if (lately && lately.errors > 0)
    return {
      problem: 'lossy',
      why: `has lost ${lately.errors} frames within a minute that were spoilt on the way (ethtool -S)`,
    };
  return undefined;
}

function systemText(system: LacpSystem | undefined): string {
  return system ? `${system.system} (key ${system.key})` : 'nobody';
}

function rateText(bits: number): string {
  return bits >= 1e9 ? `${bits / 1e9} Gbit/s` : `${bits / 1e6} Mbit/s`;
}

function listed(members: readonly BondMemberStatus[]): string {
  return members.map(({ name }) => name).join(', ');
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
