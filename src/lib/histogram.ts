/** What a histogram holds at a moment. */
export interface Distribution {
  /** Upper bounds, and how many were not above each; what is above all of them is in `count` only. */
  readonly buckets: readonly { readonly bound: number; readonly count: number }[];
  readonly sum: number;
  readonly count: number;
}

/** Counts by size. To add one costs a few comparisons and no memory; what is to be shown is summed up when it is read. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds upper bounds, rising */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  add(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] as number)) at++;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#sum += value;
  }

  read(): Distribution {
    let count = 0;
    const buckets = this.#bounds.map((bound, index) => {
      count += this.#counts[index] as number;
      return { bound, count };
    });
    return { buckets, sum: this.#sum, count: count + (this.#counts.at(-1) as number) };
  }
}
