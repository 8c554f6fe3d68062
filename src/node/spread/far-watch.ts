import type { Far } from '../../deploy/far.ts';
import { canonicalJson } from '../../lib/hash.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';

/** Milliseconds between two looks, which read what this node knows anyway. */
const every = 500;

interface Parts {
  readonly far: Pick<Far, 'sandboxes'>;
  /** What is wanted of the applications of this node. */
  specs(): readonly DeploymentSpec[];
  /** Looks at an application now. */
  look(project: string): void;
}

/** Sees to it that chains and functions know soon where those are that other nodes have: frames of who is not known pass no chain. */
export class FarWatch {
  readonly #loop: RetryLoop;
  readonly #seen = new Map<string, string>();

  constructor({ far, specs, look }: Parts) {
    this.#loop = new RetryLoop(
      async () => {
        for (const spec of specs()) {
          if (!spec.elsewhere) continue;
          const now = canonicalJson(
            (await far.sandboxes(spec)).map(({ name, networks }) => ({ name, networks })),
          );
          const before = this.#seen.get(spec.project);
          this.#seen.set(spec.project, now);
          if (before !== undefined && before !== now) look(spec.project);
        }
        return every;
      },
      // Whoever carries networks out says it.
      () => {},
    );
  }

  start(): void {
    this.#loop.due();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }
}
