/** Milliseconds: that flaps are counted in, that losses are, and that shares are of. */
const windows = { falls: 300_000, errors: 60_000, sent: 10_000 };

/** What a link has counted. Each may begin anew: with an interface that was made anew, or a program that was started anew. */
export interface Counted {
  /** How often it was lost; nothing: nobody can say it now. */
  readonly falls: number | undefined;
  readonly errors: number;
  /** Bytes. */
  readonly sent: number;
}

type Totals = Readonly<Record<keyof Counted, number>>;

/** What has happened on a link lately, and how often it was lost as far as anybody knows. */
export interface Lately extends Totals {
  readonly failures: number;
}

interface Link {
  readonly last: Counted;
  readonly samples: readonly (Totals & { readonly at: number })[];
}

/** What links have counted, for as long as somebody asks. Without I/O. */
export class History {
  readonly #links = new Map<string, Link>();

  /** @param at milliseconds that only go forward */
  take(name: string, counted: Counted, at: number): Lately {
    const { last, samples: all } = this.#links.get(name) ?? { last: counted, samples: [] };
    // What was lost before anybody could say it was not lost lately.
    const unknown = last.falls === undefined ? (counted.falls ?? 0) : 0;
    const known = all.map((one) => ({ ...one, falls: one.falls + unknown }));
    const before = known.at(-1);
    const totals = {
      falls: sum(before?.falls, last.falls, counted.falls),
      errors: sum(before?.errors, last.errors, counted.errors),
      sent: sum(before?.sent, last.sent, counted.sent),
    };
    const oldest = known.findLastIndex((one) => one.at <= at - windows.falls);
    const samples = [...known.slice(Math.max(0, oldest)), { ...totals, at }];
    this.#links.set(name, { last: { ...counted, falls: counted.falls ?? last.falls }, samples });
    const since = (figure: keyof Totals) => {
      const then = samples.findLast((one) => one.at <= at - windows[figure]) ?? samples[0];
      return totals[figure] - (then?.[figure] ?? 0);
    };
    return { falls: since('falls'), errors: since('errors'), sent: since('sent'), failures: totals.falls };
  }
}

/** What was counted in all: a counter that is lower than before has begun anew. */
function sum(total: number | undefined, before: number | undefined, now: number | undefined): number {
  if (total === undefined) return now ?? 0;
  if (now === undefined) return total;
  return total + (before === undefined ? 0 : now >= before ? now - before : now);
}
