import { Backoff } from '../../lib/backoff.ts';
import { toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { LinkWatch } from '../../networks/linux/link-watch.ts';
import type { ArchetypeService } from '../../networks/standard/service.ts';
import { FolderWatch } from './folder-watch.ts';

/** Milliseconds between two looks at everything. */
const usual = 15_000;
/** The same, where something could not be brought about. */
const first = 500;

/** Looks at all networks of some services now and then, and at once when an interface of theirs is damaged or a program changes, and lets them bring about what is not as it should be. */
export class Look {
  readonly #loop: RetryLoop;
  readonly #links = new LinkWatch(() => this.#loop.due());

  readonly #programs: FolderWatch | undefined;

  /**
   * @param services in the order of their needs: what is mended below is there for those above
   * @param programs where networks' own programs are, if they have some
   * @param every milliseconds between two looks; default 15 s
   */
  constructor(
    services: ReadonlyMap<string, ArchetypeService>,
    log: Log,
    { programs, every = usual }: { readonly programs?: string | undefined; readonly every?: number } = {},
  ) {
    this.#programs = programs === undefined ? undefined : new FolderWatch(programs, () => this.#loop.due());
    const backoff = new Backoff(first, every);
    const said = new Map<string, string | undefined>();
    const look = async () => {
      this.#programs?.start();
      for (const [archetype, service] of services) {
        const error = await service.reconcile().then(() => undefined, toHeddleError);
        // What stays as it was is said once.
        if (error && said.get(archetype) !== error.message)
          log.error(
            { service: archetype, code: error.code },
            `networks are not as they should be: ${error.message}`,
          );
        said.set(archetype, error?.message);
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
