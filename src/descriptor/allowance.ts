/** Containers of one service: more than a host starts in an hour. */
export const MAX_REPLICAS = 1000;

/** How much the files of one project may make of what they say, which is what a short text can let grow without end. */
const limits = {
  /** Ports that ranges name. */
  ports: 50_000,
  /** Files under `include`, each as often as it is included. */
  includes: 1000,
  /** Values that services have from those that they extend. */
  'inherited values': 1_000_000,
  /** Assignments of environment and label files, for each service that reads them. */
  variables: 500_000,
} as const;

export type Allowed = keyof typeof limits;

/** Counts what one project has taken. */
export class Allowance {
  readonly #taken = new Map<Allowed, number>();

  /** Takes some more. What is wrong, when that is too much. */
  take(what: Allowed, count: number): string | undefined {
    const taken = (this.#taken.get(what) ?? 0) + count;
    this.#taken.set(what, taken);
    return taken > limits[what] ? `this project has more than ${limits[what]} ${what}` : undefined;
  }
}
