import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import type { RankReport } from '../../monitor/jobs/status.ts';
import { replicaPods } from '../../selector/replica-pods.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { errorOn } from '../spread/on-node.ts';
import type { Peers } from '../spread/peers.ts';
import type { Ranks } from './ranks.ts';

/** Milliseconds that another node may take: one that lost its power while it was asked would never answer. */
const limit = 60_000;

/** All ranks of a job, wherever they are. */
export class RankGroup {
  readonly #spec: DeploymentSpec;
  readonly #service: string;
  readonly #ranks: Ranks;
  readonly #peers: Peers | undefined;

  constructor(spec: DeploymentSpec, service: string, ranks: Ranks, peers: Peers | undefined) {
    this.#spec = spec;
    this.#service = service;
    this.#ranks = ranks;
    this.#peers = peers;
  }

  /** In their order. @throws HeddleError ERR_NODE_AWAY, and what another node says */
  async list(): Promise<RankReport[]> {
    const { project } = this.#spec;
    const own = this.#ranks.list(project, this.#service);
    const others = this.#onOthers(async (client, node) =>
      (await client.ranks(project, this.#service)).map((rank) => ({ ...rank, node })),
    );
    const all = await Promise.all([own, others]);
    return all.flat(2).sort((a, b) => a.rank - b.rank);
  }

  /** @throws HeddleError ERR_NODE_AWAY, and what another node says; ERR_INTERRUPTED when somebody asks for something else */
  async stop(): Promise<void> {
    await this.#everywhere('stop');
  }

  /** The same. */
  async start(): Promise<void> {
    await this.#everywhere('start');
  }

  async #everywhere(action: 'stop' | 'start'): Promise<void> {
    const { project } = this.#spec;
    const done = await Promise.allSettled([
      this.#ranks[action](project, this.#service),
      this.#onOthers((client) => client.onRanks(project, this.#service, action)),
    ]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }

  async #onOthers<T>(
    ask: (client: Awaited<ReturnType<Peers['client']>>, node: string) => Promise<T>,
  ): Promise<T[]> {
    const far = this.#spec.elsewhere?.filter(({ service }) => service === this.#service) ?? [];
    const peers = this.#peers;
    if (!peers) return [];
    return Promise.all(
      [...new Set(far.map(({ node }) => node))].map(async (node) => {
        try {
          return await within(limit, ask(await peers.client(node), node));
        } catch (error) {
          throw errorOn(node, toHeddleError(error));
        }
      }),
    );
  }
}

/** Whether this node looks after a job: the one that has its first rank does. */
export function leads(spec: DeploymentSpec, service: string): boolean {
  return replicaPods(spec, service).some(({ index }) => index === 1);
}

/** @throws HeddleError ERR_NODE_AWAY when it takes longer */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new HeddleError('ERR_NODE_AWAY', `it does not answer within ${milliseconds / 1000} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
