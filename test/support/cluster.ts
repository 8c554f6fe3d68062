import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HeddleError } from '../../src/lib/errors.ts';
import { Dispatcher } from '../../src/networks/dispatch/dispatcher.ts';
import type { FarTraffic } from '../../src/networks/dispatch/far-traffic.ts';
import { LeasedPresence } from '../../src/networks/dispatch/presence.ts';
import { ip } from '../../src/networks/ip/ip.ts';
import { localServices } from '../../src/networks/local-services.ts';
import { type Edge, noneRefused } from '../../src/networks/nve/edge.ts';
import { NodeEdge } from '../../src/networks/nve/node-edge.ts';
import { sdn } from '../../src/networks/sdn/sdn.ts';
import type { Archetype, Driver, Settled } from '../../src/networks/standard/archetype.ts';
import type { Endpoint } from '../../src/networks/standard/endpoint.ts';
import type { Network } from '../../src/networks/standard/network.ts';
import type { NetworkingService } from '../../src/networks/standard/networking-service.ts';
import type { Switched, SwitchWish } from '../../src/networks/standard/switch.ts';
import type { Level } from '../../src/networks/switch/levels.ts';
import { most } from '../../src/state/commit-limits.ts';
import { openSqliteManager } from '../../src/state/sqlite-manager.ts';
import type { StateManager } from '../../src/state/state-manager.ts';
import { until } from './until.ts';

/** An edge on paper. */
const paperEdge: Edge = {
  overhead: 0,
  apply: async () => noneRefused,
  counters: async () => [],
  stop: async () => {},
};

/** The access of a station to a network. */
export const access = (station: string) =>
  ({ kind: 'namespace', path: `/run/netns/${station}`, interface: 'eth0' }) as const;

/** Several nodes in one process, which share a state, and make networks in memory only. */
export class Cluster {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'heddle-cluster-'));
  readonly state: StateManager = openSqliteManager(
    path.join(this.folder, 'shared.db'),
    undefined,
    // As etcd has it.
    most,
  );
  readonly #nodes = new Set<ClusterNode>();
  readonly #made = new Map<string, Made>();
  readonly #latest = new Map<string, ClusterNode>();

  /**
   * Starts a node; one that was stopped goes on from what it kept. Returns when all know that it is there.
   * @param as the name under which it shares, if not its own
   * @param through what its states are used through
   */
  async add(name: string, as = name, through?: (state: StateManager) => StateManager): Promise<ClusterNode> {
    const node = this.start(name, as, through);
    await until('it is there', async () => (await this.keys()).includes(`nodes/${as}`));
    return node;
  }

  /** The same of one that may never be there. */
  start(
    name: string,
    as = name,
    through: (state: StateManager) => StateManager = (state) => state,
  ): ClusterNode {
    const made = this.#made.get(name) ?? new Made();
    this.#made.set(name, made);
    const own = openSqliteManager(path.join(this.folder, `${name}.db`));
    const node = new ClusterNode(as, through(this.state), own, through(own), made);
    this.#nodes.add(node);
    this.#latest.set(name, node);
    return node;
  }

  /** Keys of what there is in the state apart from nodes. */
  async left(): Promise<string[]> {
    return (await this.keys()).filter((key) => !/^(nodes|hosts)\//.test(key));
  }

  /** The node that was started last under a name. */
  started(name: string): ClusterNode | undefined {
    return this.#latest.get(name);
  }

  /** What was made on the host of a node, whether it runs or not. */
  made(name: string): Made {
    return this.#made.get(name) ?? new Made();
  }

  /** What there is in the state, apart from what nodes say of themselves. */
  async keys(): Promise<string[]> {
    return (await this.state.list('')).entries.map(({ key }) => key);
  }

  async close(): Promise<void> {
    for (const node of this.#nodes) await node.stop();
    await this.state.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** What the drivers of a node have made, by name. */
export class Made {
  readonly networks = new Map<string, Settled<Network>>();
  readonly endpoints = new Map<string, Settled<Endpoint>>();
  /** Names of what cannot be made here. */
  readonly broken = new Set<string>();
  /** Ports that somebody has on the host: `tcp 49152`. */
  readonly held = new Set<string>();
}

export class ClusterNode {
  readonly made: Made;
  /** What it could not do, by codes. */
  readonly failures: string[] = [];
  /** Whether it switches nothing. */
  refuses = false;
  readonly #own: StateManager;
  readonly #dispatcher: Dispatcher;
  #isRunning = true;

  constructor(name: string, shared: StateManager, file: StateManager, own: StateManager, made: Made) {
    this.made = made;
    this.#own = file;
    const { access: _, ...bare } = ip;
    const archetypes: Archetype[] = [bare, sdn].map((one) => ({
      ...one,
      uses: [],
      ...(one.heldOnHost && { heldOnHost: async () => made.held }),
      driver: () => driverOf(made),
    }));
    const local = localServices(archetypes, own, () => '');
    this.#dispatcher = new Dispatcher({
      archetypes,
      shared,
      own,
      presence: new LeasedPresence(name, shared, own),
      local,
      switcher: {
        switch: async (network, wish) => {
          if (this.refuses) throw new HeddleError('ERR_OVS', 'no Open vSwitch');
          return switchIn(local, network, wish);
        },
      },
      edge: new NodeEdge(paperEdge, 'eth0', 'paper'),
      look: async () => ({ taken: [], edge: { taken: [[1, 'eth0.1']] } }),
      failed: ({ code }) => void this.failures.push(code),
    });
    this.#dispatcher.start();
  }

  get members() {
    return this.#dispatcher.members;
  }

  switch(name: string, from: string, archetype: string): Promise<Switched> {
    return this.#dispatcher.switcher.switch({ archetype: from, name }, { archetype });
  }

  /** What passes on networks at another node. */
  trafficAt(node: string, archetype: string): FarTraffic {
    return this.#dispatcher.trafficAt(node, archetype);
  }

  service(archetype: string): NetworkingService {
    const service = this.#dispatcher.services.get(archetype);
    if (!service) throw new Error(`no archetype ${archetype}`);
    return service;
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    await this.#dispatcher.stop();
    await this.#own.close();
  }
}

/** On paper there is nothing between the one and the other. */
async function switchIn(
  services: ReadonlyMap<string, NetworkingService>,
  { archetype, name }: Level,
  wish: SwitchWish,
): Promise<Switched> {
  const [from, to] = [services.get(archetype)!, services.get(wish.archetype)!];
  const { mtu, vlan, labels } = await from.networks.read(name);
  const endpoints = await from.endpoints(name).list();
  for (const one of endpoints) await from.endpoints(name).delete(one.name);
  await from.networks.delete(name);
  const options = wish.options ?? {};
  const network = await to.networks.create({
    name,
    archetype: wish.archetype,
    mtu,
    ...(vlan !== undefined && { vlan }),
    labels,
    options,
  });
  for (const { name: own, attachment, mac, labels: owned, options: said } of endpoints)
    await to.endpoints(name).create({ name: own, attachment, mac, labels: owned, options: said });
  return { network, lost: [] };
}

function driverOf({ networks, endpoints, broken, held }: Made): Driver {
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
    held: async () => held,
    counters: async (those) => those.map(({ name, archetype }) => ({ network: name, archetype, links: [] })),
    trace: async ({ from }) => ({
      source: from,
      destination: '',
      etherType: 0x800,
      steps: [],
      outcome: 'delivered',
      to: [{ kind: 'endpoint', name: 'y' }],
    }),
  };
}
