/** Milliseconds for a request, where nothing else is said. */
const usual = 400;

interface Asked {
  /** When it began and ended, on the clock of `performance.now()`. */
  readonly began: number;
  readonly ended: number;
  /** Why it failed. */
  readonly failure?: string;
}

/** Requests at a steady pace, whatever becomes of those before, as many clients make them. */
export class SteadyRequests {
  readonly #request: () => Promise<unknown>;
  readonly #every: number;
  readonly #timeout: number;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<Promise<void>>();
  #started = 0;
  readonly all: Asked[] = [];

  /** `timeout`: milliseconds after which one has failed. */
  constructor(perSecond: number, request: () => Promise<unknown>, timeout = usual) {
    this.#every = 1000 / perSecond;
    this.#timeout = timeout;
    this.#request = request;
    this.#timer = setInterval(() => this.#catchUp(), 1);
  }

  get failed(): Asked[] {
    return this.all.filter(({ failure }) => failure !== undefined);
  }

  /** Milliseconds from a moment to the end of the first request since then after whose beginning none failed. */
  recoveredAfter(moment: number): number {
    const since = this.all.filter(({ began }) => began >= moment).sort((a, b) => a.began - b.began);
    const lastFailed = since.findLastIndex(({ failure }) => failure !== undefined);
    return (since[lastFailed + 1]?.ended ?? Number.POSITIVE_INFINITY) - moment;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  #catchUp(): void {
    const due = Math.floor((performance.now() - this.#began) / this.#every);
    while (this.#started < due) {
      this.#started++;
      const one = this.#once().finally(() => this.#open.delete(one));
      this.#open.add(one);
    }
  }

  async #once(): Promise<void> {
    const began = performance.now();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('no answer in time')), this.#timeout);
    const failure = await Promise.race([this.#request(), late.promise]).then(
      () => undefined,
      (error: Error) => error.message,
    );
    clearTimeout(timer);
    this.all.push({ began, ended: performance.now(), ...(failure !== undefined && { failure }) });
  }
}
