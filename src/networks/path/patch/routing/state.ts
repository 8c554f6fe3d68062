import type { Link } from '../../../ip.ts';
import type { StampedChain } from '../../../stamp.ts';
import {
  areSame,
  arrivalRules,
  deliveryStamp,
  departureRules,
  departuresIn,
  isDelivery,
  type Proxied,
  stampAt,
} from './proxied.ts';
import {
  type End,
  type Family,
  families,
  firstIndex,
  isTable,
  priority,
  type Route,
  type Rule,
} from './table.ts';

// What makes the kernel route between the two interfaces of a passage, in a function of the modes `route` and `proxy`. Pure.

/** Towards the network, and towards the pod. */
export interface Ends {
  readonly outer: End;
  readonly inner: End;
  /** Whether packets are routed only once its rules have seen them: those mark them {@link configured}. */
  readonly isGated?: boolean;
  /** Of a function that is a proxy. */
  readonly proxied?: Proxied;
}

/** A bit of the mark that no index has. The rest says where a packet came in. */
export const configured = '0x80000000';
const cameIn = '0x7fffffff';

/** Of both interfaces; the panel gives frames the address that is expected beside the function. */
export const hardwareAddress = '02:48:44:4c:00:01';

/** What `ip -j netconf` prints of an interface, or of `all`. */
export interface Settings {
  readonly interface?: string;
  readonly forwarding?: boolean;
  readonly rp_filter?: string;
}

/** Of one family. */
export interface FamilyState {
  readonly rules: readonly Rule[];
  readonly routes: readonly Route[];
  readonly settings: readonly Settings[];
}

/** IPv6 is absent where the kernel has none. `chains`: of nft(8), where they are read. */
export type RoutingState = {
  readonly 4: FamilyState;
  readonly 6?: FamilyState;
  readonly chains?: readonly StampedChain[];
};

const anyPassage = `${hex(firstIndex)}/${hex(firstIndex)}`;

/** The lines of ip-rule(8), behind `rule add`, that one passage needs. */
export function passageRules(family: Family, { outer, inner, isGated = false, proxied }: Ends): string[] {
  if (proxied)
    return [...arrivalRules({ outer, inner }), ...departureRules(family, { outer, inner }, proxied)];
  const seen = isGated ? ` fwmark ${configured}/${configured}` : '';
  const through = (from: End, to: End) =>
    `pref ${priority.passage} iif ${from.name}${seen} lookup ${to.index}`;
  const back = ({ index }: End) =>
    `pref ${priority.back} iif lo fwmark ${hex(index)}/${cameIn} lookup ${index}`;
  return [through(outer, inner), through(inner, outer), back(outer), back(inner)];
}

/** Those that all have in common. */
export function commonRules(family: Family): string[] {
  const nowhere = `pref ${priority.nowhere} fwmark ${anyPassage} blackhole`;
  if (family === 4) return [nowhere];
  return [nowhere, `pref ${priority.own} iif lo lookup main`, `pref ${priority.others} blackhole`];
}

/** As {@link passageRules} writes them; nothing of one that is somebody else's. */
export function written(rule: Rule): string | undefined {
  const { priority: pref, src, dst, iif, fwmark, fwmask, ipproto, table, action } = rule;
  if (!Object.values<number>(priority).includes(pref)) return undefined;
  const said = (name: string, value: string | undefined) => (value === undefined ? [] : [`${name} ${value}`]);
  return [
    `pref ${pref}`,
    ...said('iif', iif),
    ...said('from', src === 'all' ? undefined : src),
    ...said('to', dst),
    ...said('ipproto', ipproto),
    ...said('sport', portText(rule.sport, rule.sport_start, rule.sport_end)),
    ...said('dport', portText(rule.dport, rule.dport_start, rule.dport_end)),
    ...said('fwmark', fwmark && `${fwmark}${fwmask === undefined ? '' : `/${fwmask}`}`),
    action ?? `lookup ${table}`,
  ].join(' ');
}

function portText(one: number | undefined, from: number | undefined, to: number | undefined) {
  if (one !== undefined) return String(one);
  return from === undefined ? undefined : `${from}-${to}`;
}

/**
 * Lines for `ip -batch` that bring about the rules of passages. Those of interfaces that are gone go: one that comes by the same name
 * would be under them.
 * @param links of the namespace, read after the rules: whoever makes others there meanwhile adds rules last
 */
export function ruleChanges(
  family: Family,
  present: readonly Rule[],
  wanted: readonly Ends[],
  links: readonly Pick<Link, 'ifname' | 'ifindex'>[],
): string[] {
  const lines = [...commonRules(family), ...wanted.flatMap((ends) => passageRules(family, ends))];
  const there = present.flatMap((rule) => {
    const line = written(rule);
    return line === undefined ? [] : [{ rule, line }];
  });
  const known = new Set(there.map(({ line }) => line));
  return [
    ...there
      .filter(({ rule, line }) => !lines.includes(line) && isLeft(rule, links))
      .map(({ line }) => `rule del ${line}`),
    ...lines.filter((line) => !known.has(line)).map((line) => `rule add ${line}`),
  ];
}

/** Whether a rule is of an interface that is not there any more. */
function isLeft({ iif, table }: Rule, links: readonly Pick<Link, 'ifname' | 'ifindex'>[]): boolean {
  const isNamed = iif === undefined || iif === 'lo' || links.some(({ ifname }) => ifname === iif);
  const isOfEnd = table !== undefined && !isDelivery({ type: 'local', dst: 'default', table });
  return !isNamed || (isOfEnd && !links.some(({ ifindex }) => String(ifindex) === table));
}

/** The same by the interfaces themselves, the outer first; one that is not there is none. */
export function isRoutedBetween(
  state: RoutingState | undefined,
  [outer, inner]: readonly (Link | undefined)[],
  {
    isGated = false,
    delivery,
  }: { readonly isGated?: boolean; readonly delivery?: Delivery | undefined } = {},
): boolean {
  if (!state || !outer || !inner) return false;
  const end = ({ ifname, ifindex }: Link): End => ({ name: ifname, index: ifindex });
  const ends = { outer: end(outer), inner: end(inner), isGated };
  return (
    [outer, inner].every(isEnd) && (delivery ? isDelivering(state, ends, delivery) : isRouting(state, ends))
  );
}

/** Whether an interface is one of a passage that is routed: those of others are ports of bridges. */
export function isRoutedEnd({ master, address }: Link): boolean {
  return master === undefined && address === hardwareAddress;
}

/** Whether packets of passages are routed only once rules have seen them. */
export function isGatedIn(state: RoutingState): boolean {
  return state[4].rules.some((rule) => rule.priority === priority.passage && rule.fwmark === configured);
}

/** Whether what comes in by passages is given to programs of the function. */
export function isProxyIn(state: RoutingState): boolean {
  return state[4].routes.some(isDelivery);
}

/** Whether it takes what comes, and asks nobody where to send something. */
function isEnd(link: Link): boolean {
  return link.flags.includes('UP') && link.flags.includes('NOARP') && isRoutedEnd(link);
}

/** Whether packets that come in at one of the interfaces of a passage go out at the other, with all that Heddle has made for it. */
export function isRouting(state: RoutingState, ends: Ends): boolean {
  return families.every((family) => hasAll(state, family, ends, passageRules(family, ends)));
}

/** Of a proxy's passage what has to be so: where its program listens (0: nobody says it), and what it takes, where that is known. */
interface Delivery {
  readonly port: number;
  readonly taken?: Omit<Proxied, 'port'> | undefined;
}

/** Whether what comes in by a passage is given to the function's program, and what that sends goes out by it. */
function isDelivering(state: RoutingState, ends: Ends, { port, taken }: Delivery): boolean {
  const known = families.filter((family) => state[family]);
  const departures = known.flatMap((family) => departuresIn(state[family]?.rules ?? [], ends, written));
  const stamp = stampAt(state.chains ?? [], ends.outer);
  if (!stamp || stamp !== deliveryStamp(departures, port || Number(stamp.split('_')[1]))) return false;
  const wanted = taken && known.flatMap((family) => departureRules(family, ends, { ...taken, port }));
  return (
    (!wanted || areSame(wanted, departures)) &&
    known.every(
      (family) =>
        hasAll(state, family, ends, arrivalRules(ends)) && state[family]?.routes.some(isDelivery) === true,
    )
  );
}

function hasAll(state: RoutingState, family: Family, ends: Ends, rules: readonly string[]): boolean {
  const of = state[family];
  if (!of) return true;
  const lines = new Set(of.rules.map(written));
  return (
    [...commonRules(family), ...rules].every((line) => lines.has(line)) &&
    [ends.outer, ends.inner].every((end) => isTable(of.routes, end)) &&
    forwards(family, of.settings, ends)
  );
}

function forwards(family: Family, settings: readonly Settings[], { outer, inner }: Ends): boolean {
  const of = (name: string) => settings.find((one) => one.interface === name);
  if (family === 6) return of('all')?.forwarding === true;
  return (
    of('all')?.rp_filter === 'off' &&
    [outer, inner].every(({ name }) => of(name)?.forwarding === true && of(name)?.rp_filter === 'off')
  );
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
