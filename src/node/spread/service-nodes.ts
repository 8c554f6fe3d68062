import { toHeddleError } from '../../lib/errors.ts';
import { expectServices } from '../known-names.ts';
import type { HandlingWorker } from './handling-worker.ts';
import { errorOn, isOutOfReach } from './on-node.ts';
import { nodeOfPod, partsOf } from './placement.ts';
import type { Whereabouts } from './whereabouts.ts';
import type { Workers } from './workers.ts';

/** What a node is asked of some services that it has. */
type Asking<Answer> = (handling: HandlingWorker, services: readonly string[]) => Answer;
type Source<Item> = AsyncGenerator<Item, void, undefined>;

/** The nodes that have services of applications. Where one is over several, whoever fails is named. */
export class ServiceNodes {
  readonly #workers: Workers;
  readonly #whereabouts: Pick<Whereabouts, 'seen'>;

  constructor(workers: Workers, whereabouts: Pick<Whereabouts, 'seen'>) {
    this.#workers = workers;
    this.#whereabouts = whereabouts;
  }

  /**
   * The node that has a replica of a service, the first where none is meant; nothing where the application is on this one alone.
   * @throws HeddleError ERR_SERVICE_UNKNOWN
   */
  async of(project: string, service: string, index?: number): Promise<string | undefined> {
    const kept = await this.#whereabouts.seen(project);
    if (!kept) return undefined;
    expectServices(project, [service], Object.keys(kept.placement));
    return nodeOfPod(kept.placement, { service, ...(index !== undefined && { index }) });
  }

  /** Asks the one that has a service. */
  async ask<Answer>(
    project: string,
    service: string,
    asking: (handling: HandlingWorker) => Promise<Answer>,
    index?: number,
  ): Promise<Answer> {
    const node = await this.of(project, service, index);
    if (node === undefined) return asking(this.#workers.own.handling);
    try {
      return await asking((await this.#workers.at(node)).handling);
    } catch (error) {
      throw errorOn(node, toHeddleError(error));
    }
  }

  /** What a node says by and by; this one, where none is named. */
  async *follow<Item>(
    node: string | undefined,
    asking: (handling: HandlingWorker) => AsyncIterable<Item>,
  ): Source<Item> {
    if (node === undefined) return yield* asking(this.#workers.own.handling);
    try {
      yield* asking((await this.#workers.at(node)).handling);
    } catch (error) {
      throw errorOn(node, toHeddleError(error));
    }
  }

  /** What all answer that have some of the services. Who cannot be asked keeps nobody from seeing the rest, unless it was named. */
  async rows<Row>(
    project: string,
    services: readonly string[],
    asking: Asking<Promise<readonly Row[]>>,
  ): Promise<Row[]> {
    const sources = await this.sources(project, services, async function* (handling, named) {
      yield* await asking(handling, named);
    });
    const all = sources.map(async (source) => {
      const rows: Row[] = [];
      for await (const row of source) rows.push(row);
      return rows;
    });
    return (await Promise.all(all)).flat();
  }

  /** The same of what they say by and by. `needed`: nobody may be out of reach. */
  async sources<Item>(
    project: string,
    services: readonly string[],
    asking: Asking<AsyncIterable<Item>>,
    needed = services.length > 0,
  ): Promise<Source<Item>[]> {
    const kept = await this.#whereabouts.seen(project);
    if (!kept) return [this.follow(undefined, (handling) => asking(handling, services))];
    expectServices(project, services, Object.keys(kept.placement));
    return partsOf(kept.placement, services).map(([node, named]) => {
      // Of all, also what stands beside services.
      const asked = services.length === 0 ? [] : named;
      const source = this.follow(node, (handling) => asking(handling, asked));
      return needed ? source : whileInReach(source);
    });
  }
}

async function* whileInReach<Item>(source: Source<Item>): Source<Item> {
  try {
    yield* source;
  } catch (thrown) {
    const error = toHeddleError(thrown);
    if (!isOutOfReach(error) && error.code !== 'ERR_PROJECT_UNKNOWN') throw error;
  }
}
