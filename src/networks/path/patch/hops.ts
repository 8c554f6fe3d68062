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

/** What has to be noted for frames to pass functions, in the order from the switch to the pod, and backwards the other way. */
export function hopsThrough(ends: WayEnds, passages: readonly Passage[]): Hops {
  const hops = new Map<number, number>();
  const stops = [{ outer: 0, inner: ends.switch }, ...passages, { outer: ends.pod, inner: 0 }];
  for (const [at, { inner }] of stops.slice(0, -1).entries()) {
    const next = stops[at + 1]?.outer ?? 0;
    hops.set(inner, next);
    hops.set(next, inner);
  }
  return hops;
}

/** The passages that frames take now, from the switch to the pod; nothing where they get lost, or come back another way. */
export function passagesIn<P extends Passage>(
  hops: Hops,
  ends: WayEnds,
  all: readonly P[],
): readonly P[] | undefined {
  const passed: P[] = [];
  let at = ends.switch;
  for (;;) {
    const next = hops.get(at);
    if (next === undefined || hops.get(next) !== at) return undefined;
    if (next === ends.pod) return passed;
    const passage = all.find(({ outer }) => outer === next);
    if (!passage || passed.includes(passage)) return undefined;
    passed.push(passage);
    at = passage.inner;
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
  all: readonly Passage[],
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
  all: readonly Passage[],
  begins: ReadonlyMap<number, readonly number[]>,
): ReadonlySet<number> {
  const ports = new Set(ends);
  for (const at of ports) {
    for (const next of [hops.get(at), ...(begins.get(at) ?? [])]) {
      const through = all.find(({ outer, inner }) => next === outer || next === inner);
      if (through) ports.add(next === through.outer ? through.inner : through.outer);
    }
  }
  return ports;
}
