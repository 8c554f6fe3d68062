// Which of the paths between two nodes is used, and why. Pure.

/** What is known of a path. */
export interface MeasuredPath {
  readonly id: number;
  readonly name: string;
  readonly isUp: boolean;
  /** Milliseconds by a steady clock: since when it is up, or down. */
  readonly since: number;
  /** Milliseconds there and back. */
  readonly delay: number;
  /** Of packets, in the direction that loses more: 0 to 1. */
  readonly loss: number;
  /** Milliseconds of delay that it counts for besides. */
  readonly cost: number;
  /** How often it went down lately. */
  readonly falls: number;
}

export interface Choice {
  /** Nothing before the first path was up. */
  readonly path: number | undefined;
  /** For people. */
  readonly reason: string;
  /** One that is better, and since when. */
  readonly better?: { readonly path: number; readonly since: number };
  /** A process before this one has used it, and nothing was heard of it since. */
  readonly isInherited?: true;
}

/** Of a path that is used on although it does not answer. */
export function silentReason(name: string): string {
  return `${name}: none answers; it is used until one does`;
}

export const noChoice: Choice = { path: undefined, reason: 'no path has answered yet' };

/** Another has to be better by so many milliseconds, and by such a part … */
const margin = { milliseconds: 5, part: 0.2 };
/** … for so many milliseconds, before it is used. */
const patience = 3000;
/** So many milliseconds longer than others a path may take to answer that was used before this process. */
const inherited = 1000;
/** For so many milliseconds a path has to be up, doubled by each time that it went down lately, up to the most. */
const trust = { first: 2000, most: 120_000 };
/** Milliseconds that the loss of every packet counts for. */
const lossWeight = 1000;

/** What a path counts for, in milliseconds: less is better. */
export function weightOf({ delay, loss, cost }: Pick<MeasuredPath, 'delay' | 'loss' | 'cost'>): number {
  return delay + cost + loss * lossWeight;
}

export interface ChoosingInput {
  readonly paths: readonly MeasuredPath[];
  readonly before: Choice;
  /** Milliseconds by the same clock. */
  readonly now: number;
  /** Of two nodes one leads: both are to use the same path. Absent: this one does. */
  readonly led?: { readonly by: string; readonly path: number };
}

/** A path that is down is left at once; one that is merely worse, only for one that is clearly and steadily better. */
export function choose({ paths, before, now, led }: ChoosingInput): Choice {
  const up = paths.filter(({ isUp }) => isUp);
  const current = paths.find(({ id }) => id === before.path);
  const followed = up.find(({ id }) => id === led?.path);
  if (led && followed) {
    if (followed.id === before.path) return { path: followed.id, reason: before.reason };
    return { path: followed.id, reason: `${followed.name}: ${led.by} uses it` };
  }
  const [best] = [...up].sort((a, b) => weightOf(a) - weightOf(b) || a.id - b.id);
  if (!best) {
    if (!current) return noChoice;
    // Why it was taken is still so when it answers again.
    return before.isInherited ? before : { path: current.id, reason: before.reason };
  }
  const isAwaited = before.isInherited && up.every(({ since }) => now - since < inherited);
  if (current && !current.isUp && isAwaited) return before;
  if (!current?.isUp) {
    const why = current ? `${current.name} does not answer` : 'the first that answered';
    return { path: best.id, reason: `${best.name}: ${why}${figures(best)}` };
  }
  const trusted = up.filter((one) => one.id === current.id || now - one.since >= trustOf(one));
  const [better] = trusted.sort((a, b) => weightOf(a) - weightOf(b) || a.id - b.id);
  if (!better || better.id === current.id || !isClearly(better, current))
    return { path: current.id, reason: before.reason };
  const since = before.better?.path === better.id ? before.better.since : now;
  if (now - since < patience)
    return { path: current.id, reason: before.reason, better: { path: better.id, since } };
  return {
    path: better.id,
    reason: `${better.name}: better than ${current.name} for ${patience / 1000} s${figures(better, current)}`,
  };
}

function trustOf({ falls }: MeasuredPath): number {
  return Math.min(trust.most, trust.first * 2 ** falls);
}

function isClearly(better: MeasuredPath, current: MeasuredPath): boolean {
  const gain = weightOf(current) - weightOf(better);
  return gain > margin.milliseconds && gain > margin.part * weightOf(current);
}

function figures(path: MeasuredPath, other?: MeasuredPath): string {
  const of = ({ delay, loss, cost }: MeasuredPath) =>
    `${delay.toFixed(1)} ms, ${(loss * 100).toFixed(1)} % lost${cost > 0 ? `, cost ${cost}` : ''}`;
  return other ? ` (${of(path)}; instead of ${of(other)})` : ` (${of(path)})`;
}
