import type { Refusal } from '../grants/grants.ts';
import type { Fault } from './merge.ts';
import type { Notice } from './source.ts';

/** What is said to the owners of objects, by source and object. */
export type Notices = ReadonlyMap<string, ReadonlyMap<string, readonly Notice[]>>;

/** An object of a source. */
export type Origin = Pick<Fault, 'source' | 'origin'>;

/** How many that want the same are named to who has it. */
const namedAtMost = 3;

const words = {
  service: { what: 'publication', taken: 'NotAllowed' },
  name: { what: 'short name', taken: 'NameTaken' },
  port: { what: 'port', taken: 'PortTaken' },
  'node port': { what: 'port at nodes', taken: 'PortTaken' },
} as const;

/** `short name web: service shop/web has it`. */
export function refusalText({ kind, what, reason }: Refusal): string {
  return kind === 'service' ? reason : `is not given the ${words[kind].what} ${what}: ${reason}`;
}

/** What is wrong, to whom it is wrong, and what others want, to who has it. Pure. */
export function noticesOf(
  faults: readonly Fault[],
  refusals: readonly Refusal[],
  originsOf: (service: string) => readonly Origin[],
): Notices {
  const all = new Map<string, Map<string, Notice[]>>();
  const say = ({ source, origin }: Origin, notice: Notice) => {
    const own = all.get(source) ?? new Map<string, Notice[]>();
    all.set(source, own.set(origin, [...(own.get(origin) ?? []), notice]));
  };
  for (const fault of faults)
    say(fault, {
      reason: fault.isPublished ? 'PublishedInPart' : 'NotPublished',
      isWarning: true,
      message: `${fault.origin} ${fault.reason}`,
    });
  for (const refusal of refusals) {
    const reason = refusal.holders ? words[refusal.kind].taken : 'NotAllowed';
    const rest = refusal.isPublished ? '; the rest of it is published' : '';
    const message = `${refusal.service} ${refusalText(refusal)}${rest}`;
    for (const origin of originsOf(refusal.service)) say(origin, { reason, isWarning: true, message });
  }
  for (const [holder, wanted] of wantedOf(refusals))
    for (const origin of originsOf(holder)) for (const notice of wanted) say(origin, notice);
  return all;
}

/** By who has it: that others want it. */
function wantedOf(refusals: readonly Refusal[]): Map<string, Notice[]> {
  const result = new Map<string, Notice[]>();
  const held = refusals.filter(({ holders }) => holders !== undefined);
  for (const all of Map.groupBy(held, ({ kind, what }) => `${kind} ${what}`).values()) {
    const [{ kind, what, holders = [] }] = all as [Refusal];
    // Those who share a port with many are not told of each that cannot join them.
    const [holder] = holders;
    if (holder === undefined || holders.length > 1) continue;
    const who = all.map(({ service }) => service).sort();
    const named = who.slice(0, namedAtMost).join(', ');
    const more = who.length > namedAtMost ? ` and ${who.length - namedAtMost} more` : '';
    const message = `${named}${more} asked for the ${words[kind].what} ${what}, which ${holder} keeps`;
    const reason = kind === 'name' ? 'NameWanted' : 'PortWanted';
    result.set(holder, [...(result.get(holder) ?? []), { reason, isWarning: false, message }]);
  }
  return result;
}
