import { setTimeout as wait } from 'node:timers/promises';
import { endAll } from '../../../lib/end-all.ts';
import { HeddleError, isHeddleError, SeveralErrors } from '../../../lib/errors.ts';
import type { NetworkingService } from '../../../networks/standard/networking-service.ts';
import type { Test } from '../measurement.ts';
import { lackOf } from '../missing.ts';
import { host } from '../paths/host.ts';
import { openScratch } from '../scratch.ts';
import type { Server, ServerEnd } from './end.ts';
import { localEnd } from './local-end.ts';
import type { MeasuringService } from './measuring-service.ts';
import { closeNamespaced, networkName, openNamespaced } from './namespaced.ts';

/** Milliseconds after which an end goes that nobody asks anything of: its benchmark was killed. */
const lease = 180_000;
/** Milliseconds in which a network has to be known here that was made on another node. */
const patience = 10_000;
/** That a node has for others: who asks without end does not fill it. */
const most = 16;

interface Served {
  readonly end: ServerEnd;
  readonly folder: string;
  readonly over: AbortController;
  readonly servers: Server[];
  readonly stack: AsyncDisposableStack;
  lease: NodeJS.Timeout;
}

/** The ends on this node of paths that others measure. */
export class ServedEnds implements MeasuringService {
  readonly #here: string;
  readonly #networking: NetworkingService;
  readonly #lease: number;
  readonly #ends = new Map<string, Served>();

  /** `here`: this node’s name. */
  constructor(here: string, networking: NetworkingService, leaseTime = lease) {
    this.#here = here;
    this.#networking = networking;
    this.#lease = leaseTime;
  }

  async open(node: string, run: string, path: string, address: string) {
    this.#expectHere(node);
    await this.close(node, run, path);
    if (this.#ends.size >= most)
      throw new HeddleError('ERR_MEASURE', `node ${node} is the end of ${most} measured paths already`);
    const stack = new AsyncDisposableStack();
    try {
      const { folder } = stack.use(await openScratch(`${run}-${path}`));
      const end = path === host.name ? localEnd([], address) : await this.#onNetwork(run, path, stack);
      this.#ends.set(keyOf(run, path), {
        end,
        folder,
        over: new AbortController(),
        servers: [],
        stack,
        lease: this.#leased(run, path),
      });
      return { address: end.address };
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  async serve(node: string, run: string, path: string, test: Test) {
    this.#expectHere(node);
    const served = this.#ends.get(keyOf(run, path));
    if (!served)
      throw new HeddleError('ERR_MEASURE', `node ${node} has no end of ${path} for benchmark ${run}`);
    clearTimeout(served.lease);
    served.lease = this.#leased(run, path);
    const lack = await lackOf(test);
    if (lack) throw new HeddleError('ERR_MEASURE', `node ${node}: ${lack.message}`, { hint: lack.hint });
    const { folder, over } = served;
    const server = await served.end.serve(test, { folder, signal: over.signal });
    served.servers.push(server);
    return { port: server.port };
  }

  async endServers(node: string, run: string, path: string): Promise<void> {
    this.#expectHere(node);
    const servers = this.#ends.get(keyOf(run, path))?.servers.splice(0) ?? [];
    for (const server of servers) await server[Symbol.asyncDispose]();
  }

  /** What a process before this one has left goes as well. @throws SeveralErrors ERR_NETWORK */
  async close(node: string, run: string, path: string): Promise<void> {
    this.#expectHere(node);
    const served = this.#ends.get(keyOf(run, path));
    this.#ends.delete(keyOf(run, path));
    clearTimeout(served?.lease);
    // What begins just now ends as well.
    served?.over.abort();
    for (const server of served?.servers ?? []) await server[Symbol.asyncDispose]();
    await served?.stack.disposeAsync();
    if (path !== host.name) await this.#remove(run, path);
  }

  /** Takes all away; goes on past what fails. @throws SeveralErrors */
  stop(): Promise<void> {
    return endAll(
      [...this.#ends.keys()].map((key) => {
        const [run = '', path = ''] = key.split(' ');
        return {
          what: `the end of ${path} for benchmark ${run}`,
          end: () => this.close(this.#here, run, path),
        };
      }),
    );
  }

  async #onNetwork(run: string, path: string, stack: AsyncDisposableStack): Promise<ServerEnd> {
    const network = networkName(run, path);
    const end = Date.now() + patience;
    stack.defer(() => this.#remove(run, path));
    for (;;) {
      try {
        await this.#networking.networks.read(network);
        const { within, address } = await openNamespaced(this.#networking, network, 'server');
        return localEnd(within, address);
      } catch (error) {
        if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN') || Date.now() > end) throw error;
        await wait(100);
      }
    }
  }

  async #remove(run: string, path: string): Promise<void> {
    const failures = await closeNamespaced(this.#networking, networkName(run, path), 'server');
    if (failures.length > 0)
      throw new SeveralErrors('ERR_NETWORK', failures.map(({ message }) => message).join('; '), failures);
  }

  #leased(run: string, path: string): NodeJS.Timeout {
    return setTimeout(() => void this.close(this.#here, run, path).catch(() => {}), this.#lease).unref();
  }

  #expectHere(node: string): void {
    if (node !== this.#here)
      throw new HeddleError('ERR_NODE_AWAY', `node ${node} shares nothing with ${this.#here}`);
  }
}

function keyOf(run: string, path: string): string {
  return `${run} ${path}`;
}
