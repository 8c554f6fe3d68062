import { Backoff } from '../../lib/backoff.ts';
import { toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { LinkWatch } from '../../networks/linux/link-watch.ts';
import type { ArchetypeService } from '../../networks/standard/service.ts';
import type { EdgeBefore } from './edge-before.ts';
import { FolderWatch } from './folder-watch.ts';

/** Milliseconds between two looks at everything. */
const usual = 15_000;
/** The same, where something could not be brought about. */
const first = 500;

interface LookOptions {
  /** Where networks' own programs are, if they have some. */
  readonly programs?: string | undefined;
  /** Where something may be left of another edge. */
  readonly before?: Pick<EdgeBefore, 'leave' | 'settleOwed'>;
  /** Milliseconds between two looks; default 15 s. */
  readonly every?: number;
}

/** Looks at all networks of some services now and then, and at once when an interface of theirs is damaged or a program changes, and lets them bring about what is not as it should be. */
export class Look {
  readonly #loop: RetryLoop;
  readonly #links = new LinkWatch(() => this.#loop.due());

  readonly #programs: FolderWatch | undefined;

  /** `services`: in the order of their needs: what is mended below is there for those above. */
  constructor(
    services: ReadonlyMap<string, ArchetypeService>,
    log: Log,
    { programs, before, every = usual }: LookOptions = {},
  ) {
    this.#programs = programs === undefined ? undefined : new FolderWatch(programs, () => this.#loop.due());
    const backoff = new Backoff(first, every);
    const said = new Map<string, string | undefined>();
    const owed = new Map<string, string>();
    // Nothing has failed: whoever has it does not run, and is asked again at each look.
    const owing = (whose: string, what: readonly string[]) => {
      const text = what.join('; ');
      if (text !== '' && owed.get(whose) !== text) log.warn({}, `not wholly removed yet: ${text}`);
      owed.set(whose, text);
    };
    const leaveBefore = async () => {
      const error = await before?.leave().then(() => undefined, toHeddleError);
      if (error && said.get('edge') !== error.message) log.error({ code: error.code }, error.message);
      said.set('edge', error?.message);
      owing('edge', (await before?.settleOwed().catch(() => [])) ?? []);
    };
    const look = async () => {
      this.#programs?.start();
      await leaveBefore();
      for (const [archetype, service] of services) {
        const error = await service.reconcile().then(() => undefined, toHeddleError);
        // What stays as it was is said once.
        if (error && said.get(archetype) !== error.message)
          log.error(
            { service: archetype, code: error.code },
            `networks are not as they should be: ${error.message}`,
          );
        said.set(archetype, error?.message);
        owing(archetype, service.owes);
      }
      const hasFailed = [...said.values()].some((message) => message !== undefined);
      if (!hasFailed) backoff.reset();
      return hasFailed ? backoff.next() : every;
    };
    this.#loop = new RetryLoop(look, ({ code, message }) =>
      log.error({ code }, `networks could not be looked at: ${message}`),
    );
  }

  start(): void {
    this.#links.start();
    this.#loop.due();
  }

  stop(): Promise<void> {
    this.#links.stop();
    this.#programs?.stop();
    return this.#loop.stop();
  }
}
