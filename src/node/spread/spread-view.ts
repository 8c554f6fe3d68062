import type { ContainerLine, ContainerStatus, LogsQuery } from '../../api/messages.ts';
import { toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { merged } from '../../lib/merged.ts';
import type { ChainStatus } from '../../networks/path/proof/status.ts';
import { errorOn, isOutOfReach } from './on-node.ts';
import { nodesOf, partsOf, servicesOn } from './placement.ts';
import type { KeptSpread, SpreadRecords } from './spread-record.ts';
import type { Worker } from './worker.ts';
import type { Workers } from './workers.ts';

/** What is to be seen of applications over several nodes, from one of them. Who cannot be asked keeps nobody from seeing the rest. */
export class SpreadView {
  readonly #workers: Workers;
  readonly #records: SpreadRecords;
  readonly #log: Log;

  constructor(workers: Workers, records: SpreadRecords, log: Log) {
    this.#workers = workers;
    this.#records = records;
    this.#log = log;
  }

  async status(project: string, services: readonly string[]): Promise<ContainerStatus[]> {
    const kept = await this.#kept(project);
    if (!kept) return [...(await this.#workers.own.status(project, services))];
    const parts = services.length === 0 ? everywhere(kept) : partsOf(kept.placement, services);
    const rows = parts.map(async ([node, named]) => {
      try {
        const found = await (await this.#workers.at(node)).status(project, named);
        return found.map((row) => ({ ...row, node }));
      } catch (thrown) {
        const error = toHeddleError(thrown);
        if (error.code === 'ERR_PROJECT_UNKNOWN') return [];
        if (!isOutOfReach(error)) throw errorOn(node, error);
        return servicesOn(kept.placement, node)
          .filter((service) => named.length === 0 || named.includes(service))
          .map((service) => unseen(project, service, node));
      }
    });
    return (await Promise.all(rows)).flat();
  }

  async *logs(project: string, query: LogsQuery, signal: AbortSignal): AsyncGenerator<ContainerLine> {
    const kept = await this.#kept(project);
    if (!kept) return yield* this.#workers.own.logs(project, query, signal);
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

  async chains(project: string, ask = (worker: Worker) => worker.chains(project)): Promise<ChainStatus[]> {
    const kept = await this.#kept(project);
    if (!kept) return [...(await ask(this.#workers.own))];
    const each = nodesOf(kept.placement).map(async (node) => {
      try {
        return (await ask(await this.#workers.at(node))).map((chain) => ({ ...chain, node }));
      } catch (thrown) {
        const error = toHeddleError(thrown);
        if (isOutOfReach(error) || error.code === 'ERR_CHAIN_UNKNOWN') return [];
        throw errorOn(node, error);
      }
    });
    return (await Promise.all(each)).flat();
  }

  /** Nothing: it is on this node alone, as far as can be known now. */
  async #kept(project: string): Promise<KeptSpread | undefined> {
    return this.#records.get(project).catch((error) => {
      this.#log.warn({ project, code: toHeddleError(error).code }, 'only what is here is shown');
      return undefined;
    });
  }
}

function everywhere({ placement, leaving }: KeptSpread): [node: string, services: string[]][] {
  return [...new Set([...nodesOf(placement), ...leaving])].map((node) => [node, []]);
}

/** A service of a node that cannot be asked. */
function unseen(project: string, service: string, node: string): ContainerStatus {
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
    state: 'unknown',
    health: null,
    exitCode: null,
    startedAt: null,
    ports: [],
    note: `node ${node} is out of reach`,
    oneOff: false,
    orphan: false,
    node,
  };
}
