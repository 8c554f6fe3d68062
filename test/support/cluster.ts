import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Dispatcher } from '../../src/networks/dispatch/dispatcher.ts';
import type { Presence } from '../../src/networks/dispatch/presence.ts';
import { ip } from '../../src/networks/ip/ip.ts';
import { localServices } from '../../src/networks/local-services.ts';
import type { Archetype, Driver, Settled } from '../../src/networks/standard/archetype.ts';
import type { Endpoint } from '../../src/networks/standard/endpoint.ts';
import type { Network } from '../../src/networks/standard/network.ts';
import type { NetworkingService } from '../../src/networks/standard/networking-service.ts';
import { openSqliteManager } from '../../src/state/sqlite-manager.ts';
import type { StateManager } from '../../src/state/state-manager.ts';

/** Several nodes in one process, which share a state, and make networks in memory only. */
export class Cluster {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'heddle-cluster-'));
  readonly state: StateManager = openSqliteManager(path.join(this.folder, 'shared.db'));
  readonly nodes = new Map<string, ClusterNode>();

  /** Starts a node; one that was stopped goes on from what it kept. */
  add(name: string): ClusterNode {
    const node = new ClusterNode(name, this, this.nodes.get(name)?.made ?? new Made());
    this.nodes.set(name, node);
    for (const one of this.nodes.values()) one.changed();
    return node;
  }

  isPresent(name: string): boolean {
    return this.nodes.get(name)?.isRunning ?? false;
  }

  async keys(): Promise<string[]> {
    return (await this.state.list('')).entries.map(({ key }) => key);
  }

  async close(): Promise<void> {
    for (const node of this.nodes.values()) await node.stop();
    await this.state.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** What the driver of a node has made, by name. */
class Made {
  readonly networks = new Map<string, Settled<Network>>();
  readonly endpoints = new Map<string, Settled<Endpoint>>();
  /** Names of what cannot be made here. */
  readonly broken = new Set<string>();
}

class ClusterNode {
  readonly made: Made;
  readonly #cluster: Cluster;
  readonly #own: StateManager;
  readonly #dispatcher: Dispatcher;
  isRunning = true;
  changed = () => {};

  constructor(name: string, cluster: Cluster, made: Made) {
    this.made = made;
    this.#cluster = cluster;
    this.#own = openSqliteManager(path.join(cluster.folder, `${name}.db`));
    const archetypes: Archetype[] = [{ ...ip, uses: [], driver: () => driverOf(made) }];
    const presence: Presence = {
      here: name,
      isPresent: (node) => cluster.isPresent(node),
      check: () => {},
      start: async (changed) => {
        this.changed = changed;
      },
      stop: async () => {},
    };
    this.#dispatcher = new Dispatcher({
      archetypes,
      shared: cluster.state,
      own: this.#own,
      presence,
      local: localServices(archetypes, this.#own, () => ''),
      hasEdge: true,
      look: async () => ({ taken: [] }),
      failed: () => {},
    });
    this.#dispatcher.start();
  }

  service(archetype: string): NetworkingService {
    const service = this.#dispatcher.services.get(archetype);
    if (!service) throw new Error(`no archetype ${archetype}`);
    return service;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.isRunning = false;
    await this.#dispatcher.stop();
    await this.#own.close();
    for (const one of this.#cluster.nodes.values()) one.changed();
  }
}

function driverOf({ networks, endpoints, broken }: Made): Driver {
  const check = (name: string) => {
    if (broken.has(name)) throw new Error(`${name} is broken`);
  };
  return {
    applyNetwork: async (network) => {
      check(network.name);
      networks.set(network.name, network);
      return { interface: `hb${network.id}` };
    },
    removeNetwork: async ({ name }) => void networks.delete(name),
    applyEndpoint: async (endpoint) => {
      check(endpoint.name);
      endpoints.set(endpoint.name, endpoint);
      return { interface: 'eth0' };
    },
    removeEndpoint: async ({ name }) => void endpoints.delete(name),
  };
}
