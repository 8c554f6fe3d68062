import { toHeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import type { Peers } from './peers.ts';
import type { Rests } from './rests.ts';
import type { Spread } from './spread.ts';

/** Milliseconds between two looks at who is back. */
const again = 3000;

/** Has done what was left, as soon as nodes are back. */
export class CatchUpLoop {
  readonly #spread: Pick<Spread, 'catchUp'>;
  readonly #rests: Rests;
  readonly #peers: Peers;
  readonly #log: Log;
  readonly #loop: RetryLoop;

  constructor(spread: Pick<Spread, 'catchUp'>, rests: Rests, peers: Peers, log: Log) {
    this.#spread = spread;
    this.#rests = rests;
    this.#peers = peers;
    this.#log = log;
    this.#loop = new RetryLoop(
      () => this.#look(),
      ({ code, message }) => log.error({ code }, `applications over several nodes: ${message}`),
    );
  }

  start(): void {
    this.#loop.due();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #look(): Promise<number> {
    const rests = this.#rests.list();
    if (rests.length === 0) return again;
    const members = await this.#peers.list();
    const present = new Set(members.flatMap(({ name, present: isThere }) => (isThere ? name : [])));
    for (const { project, left, leaving } of rests) {
      const nodes = [...left, ...leaving];
      // One that is gone for good has nothing to make up for.
      for (const node of nodes)
        if (!members.some(({ name }) => name === node)) this.#rests.done(project, node);
      const back = nodes.filter((node) => present.has(node));
      if (back.length === 0) continue;
      try {
        await this.#spread.catchUp(project, (node) => present.has(node));
        this.#log.info({ project, nodes: back }, 'what was left on nodes that were away is done');
      } catch (thrown) {
        const { code, message } = toHeddleError(thrown);
        this.#log.warn({ project, nodes: back, code }, `what was left on nodes that were away: ${message}`);
      }
    }
    return again;
  }
}
