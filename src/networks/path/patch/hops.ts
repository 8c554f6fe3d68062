// Where frames go from each port of the patch panel, by the indices of interfaces. Pure.

/** From the port that a frame comes in at to the one that it goes out by. */
export type Hops = ReadonlyMap<number, number>;

/** The ends of a way at the panel. */
export interface WayEnds {
  readonly pod: number;
  readonly switch: number;
}

/** The two ports of a passage through a function: towards the switch, and towards the pod. */
export interface Passage {
  readonly function: string;
  readonly outer: number;
  readonly inner: number;
}

/** Passages side by side, through instances of a function: a frame takes one of them. */
export interface Choice<P extends Passage = Passage> {
  /** The id of their group. */
  readonly group: number;
  /** What frames are led to from the side of the switch, and of the pod. */
  readonly outer: number;
  readonly inner: number;
  readonly instances: readonly P[];
}

/** What frames pass, one after the other. */
export type Stage<P extends Passage = Passage> = P | Choice<P>;

export function instancesOf<P extends Passage>(stage: Stage<P>): readonly P[] {
  return 'instances' in stage ? stage.instances : [stage];
}

/** What has to be noted for frames to pass functions, in the order from the switch to the pod, and backwards the other way. */
export function hopsThrough(ends: WayEnds, stages: readonly Stage[]): Hops {
  const hops = new Map<number, number>();
  let before = { inner: ends.switch, exits: [ends.switch] };
  for (const stage of stages) {
    const all = instancesOf(stage);
    for (const exit of before.exits) hops.set(exit, stage.outer);
    for (const { outer } of all) hops.set(outer, before.inner);
    before = { inner: stage.inner, exits: all.map(({ inner }) => inner) };
  }
  for (const exit of before.exits) hops.set(exit, ends.pod);
  return hops.set(ends.pod, before.inner);
}

/** The stages that frames pass now, from the switch to the pod; nothing where they get lost, or come back another way. */
export function stagesIn<P extends Passage>(
  hops: Hops,
  ends: WayEnds,
  all: readonly Stage<P>[],
): readonly Stage<P>[] | undefined {
  const passed: Stage<P>[] = [];
  let before = { inner: ends.switch, exits: [ends.switch] };
  for (;;) {
    const [next, ...others] = new Set(before.exits.map((exit) => hops.get(exit)));
    if (next === undefined || others.length > 0) return undefined;
    if (next === ends.pod) return hops.get(next) === before.inner ? passed : undefined;
    const stage = all.find(({ outer }) => outer === next);
    if (!stage || passed.includes(stage)) return undefined;
    const instances = instancesOf(stage);
    if (instances.some(({ outer }) => hops.get(outer) !== before.inner)) return undefined;
    passed.push(stage);
    before = { inner: stage.inner, exits: instances.map(({ inner }) => inner) };
  }
}

/**
 * Whether frames may go from one order to another hop by hop: a frame that is on its way while functions come, or while
 * functions go, has passed all of one of the two orders at its end. Where some come and others go, or change places, it could
 * have passed neither, or go round for ever.
 */
export function isStepwise(before: readonly string[], after: readonly string[]): boolean {
  return isWithin(before, after) || isWithin(after, before);
}

function isWithin(few: readonly string[], many: readonly string[]): boolean {
  let at = 0;
  for (const name of many) if (name === few[at]) at++;
  return at === few.length;
}

/**
 * What is to be written, in an order in which no frame is led to a port for which nothing right is noted yet: first what is
 * noted at ports that no frame of the way comes in at now.
 * @param begins where frames may go from ports at which chains begin
 */
export function writes(
  now: Hops,
  wanted: Hops,
  ends: WayEnds,
  all: readonly Stage[],
  begins: ReadonlyMap<number, readonly number[]> = new Map(),
): { readonly fresh: readonly Write[]; readonly live: readonly Write[] } {
  const entered = enteredFrom([ends.switch, ends.pod], now, all, begins);
  const changed = [...wanted].filter(([from, to]) => now.get(from) !== to);
  return {
    fresh: changed.filter(([from]) => !entered.has(from)),
    live: changed.filter(([from]) => entered.has(from)),
  };
}

export type Write = readonly [from: number, to: number];

/** The ports that frames come in at, one after the other, which came in at a way's ends. */
function enteredFrom(
  ends: readonly number[],
  hops: Hops,
  all: readonly Stage[],
  begins: ReadonlyMap<number, readonly number[]>,
): ReadonlySet<number> {
  const ports = new Set(ends);
  for (const at of ports) {
    for (const next of [hops.get(at), ...(begins.get(at) ?? [])]) {
      const through = all.find(({ outer, inner }) => next === outer || next === inner);
      if (!through) continue;
      for (const { outer, inner } of instancesOf(through)) ports.add(next === through.outer ? inner : outer);
    }
  }
  return ports;
}
