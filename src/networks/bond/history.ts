/** Milliseconds: that flaps are counted in, that losses are, and that shares are of. */
const windows = { falls: 300_000, errors: 60_000, sent: 10_000 };

/** What a link has counted. Each may begin anew: with an interface that was made anew, or a program that was started anew. */
export interface Counted {
  /** How often it was lost, as each says who counts that, the driver first; nothing: nobody can say it now. */
  readonly falls: readonly number[] | undefined;
  readonly errors: number;
  /** Bytes. */
  readonly sent: number;
}

type Totals = Readonly<Record<'falls' | 'errors' | 'sent', number>>;

/** What has happened on a link lately, and how often it was lost as far as anybody knows. */
export interface Lately extends Totals {
  readonly failures: number;
}

/** What several have counted of the same: the one that saw most is right, and each began at another time. */
interface Falls {
  /** What the driver had counted when it was first heard. */
  readonly before: number;
  readonly last: readonly number[];
  readonly since: readonly number[];
}

interface Link {
  readonly last: Counted;
  readonly falls: Falls | undefined;
  readonly samples: readonly (Totals & { readonly at: number })[];
}

/** What links have counted, for as long as somebody asks. Without I/O. */
export class History {
  readonly #links = new Map<string, Link>();

  /** @param at milliseconds that only go forward */
  take(name: string, counted: Counted, at: number): Lately {
    const link = this.#links.get(name);
    const { last, samples: all } = link ?? { last: counted, samples: [] };
    const falls = countedOn(link?.falls, counted.falls);
    // What was lost before anybody could say it was not lost lately.
    const unknown = link?.falls ? 0 : (falls?.before ?? 0);
    const known = all.map((one) => ({ ...one, falls: one.falls + unknown }));
    const before = known.at(-1);
    const totals = {
      falls: falls ? falls.before + Math.max(0, ...falls.since) : 0,
      errors: sum(before?.errors, last.errors, counted.errors),
      sent: sum(before?.sent, last.sent, counted.sent),
    };
    const oldest = known.findLastIndex((one) => one.at <= at - windows.falls);
    const samples = [...known.slice(Math.max(0, oldest)), { ...totals, at }];
    this.#links.set(name, { last: counted, falls, samples });
    const since = (figure: keyof Totals) => {
      const then = samples.findLast((one) => one.at <= at - windows[figure]) ?? samples[0];
      return totals[figure] - (then?.[figure] ?? 0);
    };
    return { falls: since('falls'), errors: since('errors'), sent: since('sent'), failures: totals.falls };
  }
}

function countedOn(falls: Falls | undefined, now: readonly number[] | undefined): Falls | undefined {
  if (!now) return falls;
  if (!falls) return { before: now[0] ?? 0, last: now, since: now.map(() => 0) };
  const since = now.map((count, index) => sum(falls.since[index] ?? 0, falls.last[index] ?? 0, count));
  return { ...falls, last: now, since };
}

/** What was counted in all: a counter that is lower than before has begun anew. */
function sum(total: number | undefined, before: number, now: number): number {
  if (total === undefined) return now;
  return total + (now >= before ? now - before : now);
}
