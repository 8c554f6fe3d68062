import { HeddleError } from '../../lib/errors.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Archetype, Driver, Observed, Settled } from '../standard/archetype.ts';
import type { Collection } from '../standard/collection.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import type { Network } from '../standard/network.ts';
import { endpointsIn, networksIn, type WantedEndpoint, type WantedNetwork } from '../standard/records.ts';
import { awayReason, type Nodes, type Report } from '../standard/report.ts';
import { topicText } from './topic.ts';
import type { Wakes } from './wakes.ts';

/** Milliseconds that a node may take to carry something out. */
const patience = 10_000;

interface Parts {
  readonly state: StateManager;
  readonly nodes: Nodes;
  readonly wakes: Wakes;
  /** Asks a node what somebody has on its host. */
  held?(archetype: string, node: string, options: Observed): Promise<ReadonlySet<string>>;
}

/**
 * The driver of networks that nodes share. It makes nothing itself: each node carries out what concerns it, and reports; this
 * waits for the reports. What a node cannot carry out now stays wanted.
 */
export class DispatchDriver implements Driver {
  readonly #archetype: Archetype;
  readonly #parts: Parts;
  readonly #networks: Collection<WantedNetwork>;

  constructor(archetype: Archetype, parts: Parts) {
    this.#archetype = archetype;
    this.#parts = parts;
    this.#networks = networksIn(parts.state, archetype, parts.nodes);
  }

  async held(options: Observed, node = this.#parts.nodes.here): Promise<ReadonlySet<string>> {
    const choosing = this.#archetype.shared?.choosesOnHost?.(options);
    // Who cannot be asked refuses by itself what does not do.
    const asked = choosing && this.#parts.held?.(this.#archetype.name, node, choosing);
    return (await asked?.catch(() => undefined)) ?? new Set();
  }

  /** Waits for all nodes that are there and have it. */
  async applyNetwork({ name }: Settled<Network>): Promise<Observed> {
    const { nodes } = this.#parts;
    await this.#until(name, `network ${name}`, async () => {
      const [kept, reports] = await Promise.all([this.#networks.read(name), this.#networks.reports(name)]);
      if (!kept || kept.wanted.deleting) throw removedError(`network ${name}`);
      const [failed] = [...reports].filter(([, report]) => isFailed(report, kept.revision));
      if (failed) throw failureOf(failed[1], `node ${failed[0]}: `);
      const isWaiting = kept.status.nodes?.some(
        (one) => one.phase === 'pending' && nodes.isPresent(one.name),
      );
      return isWaiting ? undefined : true;
    });
    return {};
  }

  /** Waits until no node has anything of it. */
  async removeNetwork({ name, id }: Settled<Network>): Promise<void> {
    const { nodes } = this.#parts;
    await this.#until(name, `network ${name}`, async () => {
      const [kept, reports] = await Promise.all([this.#networks.read(name), this.#networks.reports(name)]);
      if (kept?.wanted.id !== id || reports.size === 0) return true;
      const [failed] = [...reports].filter(([, report]) => isFailed(report, kept.revision));
      if (failed) throw failureOf(failed[1], `node ${failed[0]}: `);
      const left = [...reports.keys()];
      if (!left.some((node) => nodes.isPresent(node)))
        throw awayError(`network ${name}: `, left.sort().join(', '));
      return undefined;
    });
  }

  async applyEndpoint(endpoint: Settled<Endpoint>, network: Settled<Network>): Promise<Observed> {
    const { name, id, node, attachment } = endpoint;
    // A node itself: there is nothing to bring about, and nobody reports it.
    if (attachment.kind === 'node') return {};
    const { nodes } = this.#parts;
    const endpoints = this.#endpoints(network.name);
    const what = `endpoint ${name} of ${network.name}`;
    return this.#until(network.name, `${what}: node ${node}`, async () => {
      const [kept, reports] = await Promise.all([endpoints.read(name), endpoints.reports(name)]);
      if (kept?.wanted.id !== id || kept.wanted.deleting) throw removedError(what);
      const report = reports.get(node ?? nodes.here);
      if (report?.phase === 'ready' && report.of >= kept.revision) return report.observed;
      if (isFailed(report, kept.revision)) throw failureOf(report);
      if (!nodes.isPresent(node ?? nodes.here)) throw awayError(`${what}: `, node);
      return undefined;
    });
  }

  async removeEndpoint({ name, id, node }: Settled<Endpoint>, network: Settled<Network>): Promise<void> {
    const { nodes } = this.#parts;
    const endpoints = this.#endpoints(network.name);
    const what = `endpoint ${name} of ${network.name}`;
    await this.#until(network.name, `${what}: node ${node}`, async () => {
      const [kept, reports] = await Promise.all([endpoints.read(name), endpoints.reports(name)]);
      if (kept?.wanted.id !== id) return true;
      const report = reports.get(node ?? nodes.here);
      if (isFailed(report, kept.revision)) throw failureOf(report);
      if (!nodes.isPresent(node ?? nodes.here)) throw awayError(`${what}: `, node);
      return undefined;
    });
  }

  async #until<Found>(network: string, what: string, look: () => Promise<Found | undefined>): Promise<Found> {
    const topic = topicText({ archetype: this.#archetype.name, network });
    const found = await this.#parts.wakes.until(topic, look, patience);
    if (found !== undefined) return found;
    throw new HeddleError(
      'ERR_NODE_AWAY',
      `${what} has not answered within ${patience / 1000} s; it is carried out when it does`,
    );
  }

  #endpoints(network: string): Collection<WantedEndpoint> {
    return endpointsIn(this.#parts.state, this.#archetype, network, this.#parts.nodes);
  }
}

function isFailed(report: Report | undefined, revision: number): report is Report {
  return report?.phase === 'failed' && report.of >= revision;
}

function failureOf({ code = 'ERR_NETWORK', reason = 'it failed' }: Report, where = ''): HeddleError {
  return new HeddleError(code, `${where}${reason}`);
}

function awayError(what: string, node: string | undefined): HeddleError {
  return new HeddleError('ERR_NODE_AWAY', `${what}${awayReason(String(node))}`);
}

function removedError(what: string): HeddleError {
  return new HeddleError('ERR_RESOURCE_UNKNOWN', `${what}: it was removed meanwhile`);
}
