/** Milliseconds: that flaps are counted in, that losses are, and that shares are of. */
const windows = { falls: 300_000, errors: 60_000, bytes: 10_000 };

export interface Counted {
  readonly falls: number;
  readonly errors: number;
  /** Bytes. */
  readonly sent: number;
}

/** What has happened on a link lately. */
export interface Lately {
  readonly falls: number;
  readonly errors: number;
  readonly sent: number;
}

interface Sample extends Counted {
  readonly at: number;
}

/** What links have counted, for as long as somebody asks. Without I/O. */
export class History {
  readonly #samples = new Map<string, Sample[]>();

  /** @param at milliseconds that only go forward */
  take(link: string, counted: Counted, at: number): Lately {
    const samples = this.#samples.get(link) ?? [];
    const last = samples.at(-1);
    // An interface that was made anew counts from nothing.
    if (last && (counted.sent < last.sent || counted.errors < last.errors || counted.falls < last.falls))
      samples.length = 0;
    samples.push({ ...counted, at });
    while ((samples[1]?.at ?? at) <= at - windows.falls) samples.shift();
    this.#samples.set(link, samples);
    const since = (window: number) => samples.findLast((one) => one.at <= at - window) ?? samples[0];
    return {
      falls: counted.falls - (since(windows.falls)?.falls ?? counted.falls),
      errors: counted.errors - (since(windows.errors)?.errors ?? counted.errors),
      sent: counted.sent - (since(windows.bytes)?.sent ?? counted.sent),
    };
  }
}
