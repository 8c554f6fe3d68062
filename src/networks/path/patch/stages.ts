import { HeddleError } from '../../../lib/errors.ts';
import {
  entrances,
  freshGroupId,
  freshScope,
  type Group,
  type GroupInstance,
  mostInstances,
} from './groups.ts';
import { isStepwise, type Stage } from './hops.ts';
import { instanceId, positionDigest } from './names.ts';
import type { KnownPassage } from './passage.ts';
import { type Route, stageNames } from './planned.ts';
import type { Noted } from './routes.ts';
import type { FunctionSpace } from './scene.ts';

// The stages of a chain: of which functions several instances stand side by side, and which of them are given new flows. Pure, but
// for fresh numbers.

/** Nanoseconds after which no connection is open any more that nobody has seen: `IDLE_OPEN` of dataplane/instances.h. */
const longestIdle = 7440e9;

/** A stage that is to be, and where it is of several instances what is to be noted of them. */
export interface WantedStage {
  readonly stage: Stage<KnownPassage>;
  readonly group?: Group;
}

/** What there is before a chain is led. */
export interface Standing {
  readonly noted: Noted;
  /** All passages of the way. */
  readonly passages: readonly KnownPassage[];
  /** Whether frames were let into one. */
  readonly isOpen: (passage: KnownPassage) => boolean;
  /** The stages that frames of the chain take so far. */
  readonly now: readonly Stage<KnownPassage>[] | undefined;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly time: number;
}

/**
 * `found`: the passages through the functions of a route, in their order.
 * @throws HeddleError ERR_CHAIN_IMPOSSIBLE where more instances would stand side by side than a group has
 */
export function wantedStages(
  { chain, spaces }: Route,
  found: readonly KnownPassage[],
  standing: Standing,
): WantedStage[] {
  const names = stageNames(spaces, standing.now ?? []);
  const isStep = isStepwise(names.now, names.wanted);
  const nameOf = ({ name, position }: FunctionSpace) =>
    position === undefined ? name : positionDigest(position);
  return names.wanted.flatMap((position, place): WantedStage[] => {
    const own = spaces.filter((space) => nameOf(space) === position);
    const wanted = own.flatMap(({ name }) => found.find((one) => one.function === name) ?? []);
    const others = standing.passages.filter(
      (one) => one.chain === chain && (one.position ?? one.function) === position,
    );
    const before = beforeAt([...wanted, ...others], standing.noted);
    const leaving = isStep
      ? others.filter(
          (one) => !wanted.includes(one) && isUsed(one, before) && standing.isOpen(one) && !isOf(own, one),
        )
      : [];
    const [only] = wanted;
    if (only && wanted.length + leaving.length === 1 && !own.some(({ keepsFlows }) => keepsFlows))
      return [{ stage: only }];
    const all = [...wanted, ...leaving];
    if (all.length === 0) return [];
    if (all.length > mostInstances) throw tooMany(chain, wanted, leaving);
    const reused = isStep ? before.id : undefined;
    const group: Group = {
      scope: before.group?.scope ?? freshScope(),
      place,
      ...elderOf(before, standing.time, (one) => idOf(one, own, before)),
      instances: instancesAmong(wanted, leaving, before).map(({ passage, isActive }) => ({
        id: idOf(passage, own, before),
        outer: passage.outer,
        inner: passage.inner,
        isActive,
      })),
    };
    const id = reused ?? freshGroupId();
    return [{ stage: { group: id, ...entrances(id), instances: all }, group }];
  });
}

function tooMany(
  chain: string,
  wanted: readonly KnownPassage[],
  leaving: readonly KnownPassage[],
): HeddleError {
  const left = leaving.map((one) => one.function).join(', ');
  const among = left === '' ? '' : `, and beside them through what has not gone yet: ${left}`;
  return new HeddleError(
    'ERR_CHAIN_IMPOSSIBLE',
    `the chain ${chain} would lead through ${wanted.length} instances of a function${among}; at most ${mostInstances} stand side by side`,
    { hint: 'ask for fewer, or wait until those that go have gone' },
  );
}

/** Who of a stage takes new flows so far, and in which group. */
interface Before {
  readonly id?: number;
  readonly group?: Group;
  readonly active: readonly KnownPassage[];
}

/** Read from where frames are led, which also tells when who changed it was killed. */
function beforeAt(all: readonly KnownPassage[], { hops, heads, groups }: Noted): Before {
  const heading = [...heads.values()].flatMap(({ next, rules }) => [next, ...rules.map((rule) => rule.next)]);
  const targets = new Set([...hops.values(), ...heading]);
  const isEntered = ({ outer, inner }: { readonly outer: number; readonly inner: number }) =>
    targets.has(outer) || targets.has(inner);
  const ports = new Set(all.map(({ outer }) => outer));
  const [found] = [...groups].filter(
    ([id, { instances }]) => isEntered(entrances(id)) && instances.some(({ outer }) => ports.has(outer)),
  );
  const inGroup = new Set(
    found?.[1].instances.flatMap(({ outer, isActive }) => (isActive ? outer : [])) ?? [],
  );
  return {
    ...(found && { id: found[0], group: found[1] }),
    active: [...new Set(all)].filter((one) => inGroup.has(one.outer) || isEntered(one)),
  };
}

function memberOf({ group }: Before, { outer }: KnownPassage): GroupInstance | undefined {
  return group?.instances.find((one) => one.outer === outer);
}

/** Whether flows may be with it. */
function isUsed(passage: KnownPassage, before: Before): boolean {
  return before.active.includes(passage) || memberOf(before, passage) !== undefined;
}

/** One of a namespace or a lane that it has no longer is no other instance. */
function isOf(own: readonly FunctionSpace[], passage: KnownPassage): boolean {
  return own.some(({ name }) => name === passage.function);
}

/**
 * Those that take new flows stay the same until all that are wanted have been proven, unless none is left: that is as if nobody
 * had passed it before.
 */
function instancesAmong(
  wanted: readonly KnownPassage[],
  leaving: readonly KnownPassage[],
  { active }: Before,
) {
  const functions = new Set(active.map((one) => one.function));
  const isActive = (one: KnownPassage) => functions.has(one.function);
  const all = [...wanted, ...leaving];
  const isSettled = wanted.every(isActive) || !all.some(isActive);
  return all.map((passage) => ({
    passage,
    isActive: isSettled ? wanted.includes(passage) : isActive(passage),
  }));
}

/** Of one that stood alone nobody has noted flows. */
function elderOf(
  { group, active }: Before,
  time: number,
  idOfOne: (passage: KnownPassage) => number,
): Pick<Group, 'elder'> {
  if (group) return group.elder ? { elder: group.elder } : {};
  const [only, ...others] = active;
  return only && others.length === 0 ? { elder: { id: idOfOne(only), until: time + longestIdle } } : {};
}

function idOf(passage: KnownPassage, own: readonly FunctionSpace[], before: Before): number {
  const space = own.find(({ name }) => name === passage.function);
  return (
    memberOf(before, passage)?.id ??
    (space ? instanceId(space.name, space.namespace) : instanceId(passage.ports.outer))
  );
}

/** The choices among stages, with what is to be noted of each, by the id of their groups. */
export function groupsOf(stages: readonly WantedStage[]): [id: number, group: Group][] {
  return stages.flatMap(({ stage, group }) => (group && 'group' in stage ? [[stage.group, group]] : []));
}
