import type { ContainerLine, ContainerStatus, LogsQuery } from '../../api/messages.ts';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { merged } from '../../lib/merged.ts';
import type { JobStatus } from '../../monitor/jobs/status.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { expectServices } from '../known-names.ts';
import { errorOn, isOutOfReach } from './on-node.ts';
import { nodesOf, nodesWith, type Placement, partsOf, servicesOn } from './placement.ts';
import type { Whereabouts } from './whereabouts.ts';
import type { Worker } from './worker.ts';
import type { Workers } from './workers.ts';

/** What is to be seen of applications over several nodes, from one of them. Who cannot be asked keeps nobody from seeing the rest. */
export class SpreadView {
  readonly #workers: Workers;
  readonly #whereabouts: Pick<Whereabouts, 'seen'>;

  constructor(workers: Workers, whereabouts: Pick<Whereabouts, 'seen'>) {
    this.#workers = workers;
    this.#whereabouts = whereabouts;
  }

  async status(project: string, services: readonly string[]): Promise<ContainerStatus[]> {
    const kept = await this.#whereabouts.seen(project);
    if (!kept) return [...(await this.#workers.own.status(project, services))];
    expectServices(project, services, Object.keys(kept.placement));
    const parts: [node: string, services: string[]][] =
      services.length === 0 ? nodesWith(kept).map((node) => [node, []]) : partsOf(kept.placement, services);
    const rows = parts.map(async ([node, named]) => {
      try {
        const found = await (await this.#workers.at(node)).status(project, named);
        return found.map((row) => ({ ...row, node }));
      } catch (thrown) {
        const error = toHeddleError(thrown);
        if (error.code === 'ERR_PROJECT_UNKNOWN') return [];
        if (!isOutOfReach(error)) throw errorOn(node, error);
        return unseenOn(project, kept.placement, node, named);
      }
    });
    return (await Promise.all(rows)).flat();
  }

  async *logs(project: string, query: LogsQuery, signal: AbortSignal): AsyncGenerator<ContainerLine> {
    const kept = await this.#whereabouts.seen(project);
    if (!kept) return yield* this.#workers.own.logs(project, query, signal);
    expectServices(project, query.services, Object.keys(kept.placement));
    const workers = await Promise.all(
      partsOf(kept.placement, query.services).map(async ([node, services]) => ({
        worker: await this.#workers.at(node).catch((error) => {
          // What others have printed can be read all the same.
          if (query.services.length > 0) throw error;
          return undefined;
        }),
        services,
      })),
    );
    const sources = workers.flatMap(({ worker, services }) =>
      worker ? [worker.logs(project, { ...query, services: [...services] }, signal)] : [],
    );
    if (query.follow) yield* merged(sources);
    else for (const source of sources) yield* source;
  }

  /** Each is known to the node that looks after it. */
  async jobs(project: string): Promise<JobStatus[]> {
    const kept = await this.#whereabouts.seen(project);
    if (!kept) return [...(await this.#workers.own.jobs(project))];
    const away: HeddleError[] = [];
    const each = nodesOf(kept.placement).map(async (node): Promise<JobStatus[]> => {
      try {
        const found = await (await this.#workers.at(node)).jobs(project);
        return found.map((job) => ({
          ...job,
          ranks: job.ranks.map((rank) => ({ ...rank, node: rank.node ?? node })),
        }));
      } catch (thrown) {
        const error = toHeddleError(thrown);
        if (isOutOfReach(error) || error.code === 'ERR_NODE_VERSION') away.push(errorOn(node, error));
        else if (error.code !== 'ERR_PROJECT_UNKNOWN') throw errorOn(node, error);
        return [];
      }
    });
    const found = (await Promise.all(each)).flat();
    // Who cannot be asked may look after one.
    if (found.length === 0 && away[0]) throw away[0];
    return found;
  }

  /** @throws HeddleError ERR_CHAIN_UNKNOWN when no node knows it */
  async chains(
    project: string,
    ask: (worker: Worker) => Promise<readonly ChainStatus[]>,
  ): Promise<ChainStatus[]> {
    const kept = await this.#whereabouts.seen(project);
    if (!kept) return [...(await ask(this.#workers.own))];
    const unknown: HeddleError[] = [];
    const each = nodesOf(kept.placement).map(async (node): Promise<ChainStatus[]> => {
      try {
        return (await ask(await this.#workers.at(node))).map((chain) => ({ ...chain, node }));
      } catch (thrown) {
        const error = toHeddleError(thrown);
        if (error.code === 'ERR_CHAIN_UNKNOWN') unknown.push(error);
        else if (!isOutOfReach(error) && error.code !== 'ERR_PROJECT_UNKNOWN') throw errorOn(node, error);
        return [];
      }
    });
    const found = (await Promise.all(each)).flat();
    if (found.length === 0 && unknown[0]) throw unknown[0];
    return found;
  }
}

/**
 * How many replicas a service has where nobody can be asked is not known: what is to stay as it is cannot be.
 * @throws HeddleError ERR_NODE_AWAY
 */
export function refuseUnseen(rows: readonly Pick<ContainerStatus, 'state' | 'service' | 'node'>[]): void {
  const unseen = rows.find(({ state }) => state === unknown);
  if (!unseen) return;
  throw new HeddleError(
    'ERR_NODE_AWAY',
    `node ${unseen.node} is away: how many replicas ${unseen.service} has is not known`,
    {
      hint: 'say it with `up --scale`, or wait until it is back',
    },
  );
}

const unknown = 'unknown';

/** The services of a node that cannot be asked. */
function unseenOn(
  project: string,
  placement: Placement,
  node: string,
  named: readonly string[],
): ContainerStatus[] {
  const services = servicesOn(placement, node).filter((one) => named.length === 0 || named.includes(one));
  return services.map((service) => {
    const name = `${project}-${service}-1`;
    return {
      name,
      id: null,
      service,
      index: null,
      pod: name,
      role: 'application',
      feature: null,
      image: '',
      state: unknown,
      health: null,
      exitCode: null,
      startedAt: null,
      ports: [],
      note: `node ${node} is out of reach`,
      oneOff: false,
      orphan: false,
      node,
    };
  });
}
