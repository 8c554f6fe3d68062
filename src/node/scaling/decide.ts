import { type Scaling, scaleFigure } from '../../descriptor/scaling.ts';
import { averageOf, proposalOf, type Reading } from './proposal.ts';

// How many replicas a service is to have from now on. Pure.

/** What was asked for at earlier looks. Times are milliseconds of one clock. */
export interface Memory {
  /** What was decided last: another number is somebody else's, and nothing is known of it. */
  readonly replicas: number;
  readonly since: number;
  readonly asked: readonly { readonly at: number; readonly replicas: number }[];
}

export interface Decision {
  readonly to: number;
  /** What the metrics ask for, within the bounds. */
  readonly asked: number;
  /** Why, in words; also why it stays. */
  readonly reason: string;
  readonly memory: Memory;
}

/** More than this do not come in one step. */
function mostAfter(current: number): number {
  return Math.max(2 * current, current + 4);
}

/** @param readings one for each metric that is followed */
export function decide(
  scaling: Scaling,
  current: number,
  readings: readonly Reading[],
  before: Memory | undefined,
  now: number,
): Decision {
  const { min, max, stabilization } = scaling;
  const known = before?.replicas === current ? before : { replicas: current, since: now, asked: [] };
  const { replicas, reason } = asking(readings, current);
  const asked = Math.min(Math.max(replicas, min), max, mostAfter(Math.max(current, min)));
  const longest = Math.max(stabilization.up, stabilization.down);
  const all = [...known.asked.filter(({ at }) => at >= now - longest), { at: now, replicas: asked }];
  const within = (window: number) => all.filter(({ at }) => at >= now - window).map((one) => one.replicas);
  const isOver = (window: number) => known.since <= now - window;
  const more = isOver(stabilization.up) ? Math.min(...within(stabilization.up)) : current;
  const fewer = isOver(stabilization.down) ? Math.max(...within(stabilization.down)) : current;
  const to = more > current ? more : Math.min(current, fewer);
  const memory = { replicas: to, since: known.since, asked: all };
  return { to, asked, reason: `${reason}${heldText(scaling, current, replicas, asked, to)}`, memory };
}

/** What the metrics ask for together: the one that asks for most; and not fewer while one is not known. */
function asking(readings: readonly Reading[], current: number): { replicas: number; reason: string } {
  const all = readings.map((reading) => ({ reading, replicas: proposalOf(reading, current) }));
  const unknown = all.filter(({ replicas }) => replicas === undefined).map(({ reading }) => reading);
  const known = all.flatMap(({ reading, replicas }) =>
    replicas === undefined ? [] : [{ reading, replicas }],
  );
  const most = known.reduce<(typeof known)[number] | undefined>(
    (best, one) => (best && best.replicas >= one.replicas ? best : one),
    undefined,
  );
  if (!most) return { replicas: current, reason: unknownText(unknown) };
  const { reading, replicas } = most;
  const reason = `${readingText(reading)}${absentText(reading)}`;
  if (unknown.length === 0 || replicas >= current) return { replicas, reason };
  return { replicas: current, reason: `${reason}; ${unknownText(unknown)}` };
}

/** `cpu is 93% for each of 2, and is to be 60%`. */
function readingText(reading: Reading): string {
  const { metric, target, counted } = reading;
  const of = counted === 1 ? '' : ` for each of ${counted}`;
  return `${metric} is ${scaleFigure(metric, averageOf(reading) ?? 0)}${of}, and is to be ${scaleFigure(metric, target)}`;
}

function absentText({ starting, missing }: Reading): string {
  const some = [
    ...(starting > 0 ? [`${starting} starting`] : []),
    ...(missing > 0 ? [`${missing} not measured`] : []),
  ];
  return some.length === 0 ? '' : ` (${some.join(', ')})`;
}

function unknownText(unknown: readonly Reading[]): string {
  return `${unknown.map(({ metric }) => metric).join(', ')} not known`;
}

/** Why there are not as many as the metrics ask for, if that is so. */
function heldText(
  { max, stabilization: { up, down } }: Scaling,
  current: number,
  replicas: number,
  asked: number,
  to: number,
): string {
  if (to === current && asked !== current)
    return `; ${asked} once that is so for ${Math.round((asked > current ? up : down) / 1000)} s`;
  return replicas > max ? `; ${replicas} would do, and there are at most ${max}` : '';
}
