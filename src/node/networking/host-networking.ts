import type { NodeHealth } from '../../api/messages.ts';
import { endAll } from '../../lib/end-all.ts';
import { type HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import type { NetworkFigures } from '../../monitor/metrics/network-families.ts';
import { archetypes } from '../../networks/archetypes.ts';
import { Bonds } from '../../networks/bond/bonds.ts';
import { sharedPrefixes } from '../../networks/dispatch/around.ts';
import type { Members } from '../../networks/dispatch/members.ts';
import { localServices } from '../../networks/local-services.ts';
import type { NodeEdge } from '../../networks/nve/node-edge.ts';
import {
  type ArchetypeDescription,
  describeArchetype,
} from '../../networks/standard/archetype-description.ts';
import type { NetworkingService, Networks } from '../../networks/standard/networking-service.ts';
import { Switcher } from '../../networks/switch/switcher.ts';
import type { Links } from '../../networks/wan/links.ts';
import { removeLinks } from '../../networks/wan/made.ts';
import { openSqliteManager } from '../../state/sqlite-manager.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { Bootstrapper } from '../services/bootstrapper.ts';
import { LendableService } from '../services/lendable-service.ts';
import type { Unit } from '../services/unit.ts';
import { bondsFolder } from './bonds-folder.ts';
import { EdgeBefore } from './edge-before.ts';
import { figuresOf } from './figures.ts';
import { GatheredSwitcher } from './gathered-switch.ts';
import { Look } from './look.ts';
import { moveKept } from './move-kept.ts';
import { Networking } from './networking.ts';
import { openEdge } from './open-edge.ts';
import { programFolder } from './program-folder.ts';
import { hostStateFile } from './service-files.ts';
import type { ServicesContext } from './services-context.ts';
import { dispatcherOf, nodeNameOf, openShared, underlaysOf } from './sharing.ts';
import { linksFolder, linksOf } from './site-links.ts';
import { ownProcesses, sharedProcess } from './units.ts';

/** Milliseconds that all of it may take to end: less than the node has. */
const endTime = 20_000;

/** The networks of this host. */
export interface HostNetworking {
  readonly networking: Networks;
  /** Its services, in the order of their needs. */
  readonly units: readonly Unit[];
  readonly edge: NodeEdge | undefined;
  /** Links to other nodes; nothing: the settings ask for none. */
  readonly links: Links | undefined;
  readonly bonds: Bonds;
  /** What nodes share networks in; nothing: this one shares them with no other. */
  shared(): NodeHealth['shared'];
  /** The state that nodes share; nothing: this one shares none. */
  readonly state: StateManager | undefined;
  /** The nodes that share networks; none: this one shares them with no other. */
  readonly members: Members | undefined;
  archetypes(): readonly ArchetypeDescription[];
  /** For Prometheus. */
  figures(): Promise<NetworkFigures>;
  /** What there still is of networks that were removed, after another attempt, in words. */
  settleOwed(): Promise<string[]>;
  /** Nobody is to take that away any more. */
  giveUpOwed(): Promise<void>;
  /** Starts the services; nobody looks whether what is kept is so. */
  open(): Promise<void>;
  /** Starts the services, and then brings about what is kept, now and from time to time. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @throws HeddleError ERR_NODE_RUNNING, ERR_STATE, ERR_STATE_NEWER, ERR_DISK_FULL; of the settings of a state that nodes share:
 *   ERR_USAGE, ERR_FILE_NOT_FOUND
 */
export async function openNetworking(context: ServicesContext): Promise<HostNetworking> {
  const { stateDir, settings, log } = context;
  const before = new EdgeBefore(settings.edge, stateDir);
  const edge = openEdge(settings, stateDir, () => before.leave());
  const state = openSqliteManager(hostStateFile(stateDir));
  const own = ownProcesses(archetypes, context);
  await moveKept(state, stateDir, archetypes, (name) => own.has(name));
  const shared = await openShared(settings);
  const made = (remote: ReadonlyMap<string, NetworkingService>) =>
    localServices(archetypes, state, (archetype) => programFolder(stateDir, archetype), {
      edge,
      routing: settings.routing,
      shared: { node: nodeNameOf(settings), state: shared ?? state },
      remote,
      ...(shared && { reserved: () => sharedPrefixes(shared, archetypes) }),
    });
  // What services of this process ask those of others by.
  const asked = new Map([...own].map(([name, { service }]) => [name, new LendableService(service)]));
  const local = made(asked);
  const units = archetypes.flatMap((archetype): Unit[] => {
    const unit = own.get(archetype.name);
    const service = local.get(archetype.name);
    if (unit) return [unit];
    return service ? [sharedProcess(archetype, service, own, context)] : [];
  });
  const services = new Map(units.map(({ name, service }) => [name, service]));
  const bootstrapper = new Bootstrapper(units);
  const look = new Look(local, log, { programs: settings.edge?.programs, before });
  const gathered =
    own.size > 0
      ? new GatheredSwitcher({
          archetypes,
          state,
          stateDir,
          local,
          own,
          asked,
          gathered: () => made(local),
          log,
        })
      : undefined;
  const switcher = gathered ?? new Switcher(local, state);
  const dispatcher =
    shared && dispatcherOf(settings, shared, state, { local: services, switcher, edge }, log, context.engine);
  const underlays = underlaysOf(settings, shared, edge, log);
  const bonds = new Bonds(settings.uplinks, bondsFolder(stateDir), log);
  const links = linksOf(settings, shared, stateDir, log);
  const networking = new Networking(
    dispatcher?.services ?? services,
    services,
    dispatcher?.switcher ?? switcher,
    dispatcher && ((node, archetype) => dispatcher.trafficAt(node, archetype)),
  );
  // Who scrapes this node asks the others as well.
  const here = new Networking(dispatcher?.services ?? services, services);
  const repairs = () => [...local].map(([archetype, service]) => ({ archetype, ...service.repairs }));
  return {
    networking,
    figures: () => figuresOf(here, repairs(), links?.status() ?? [], bonds.status()),
    units,
    edge,
    links,
    bonds,
    shared: () =>
      shared
        ? {
            endpoints: settings.state.etcd?.endpoints ?? [],
            current: shared.isCurrent,
            reason: shared.problem ?? null,
          }
        : null,
    state: shared,
    members: dispatcher?.members,
    archetypes: () => archetypes.map(describeArchetype),
    settleOwed: async () => {
      const errors: HeddleError[] = [];
      for (const service of local.values())
        await service.settleOwed().catch((error) => void errors.push(toHeddleError(error)));
      if (errors.length > 0)
        throw new SeveralErrors('ERR_NETWORK', errors.map(({ message }) => message).join('; '), errors);
      return [...local.values()].flatMap(({ owes }) => owes);
    },
    giveUpOwed: async () => {
      for (const service of local.values()) await service.giveUpOwed();
    },
    open: () => bootstrapper.start(),
    start: async () => {
      // What keeps it from that, the first look says.
      await before.leave().catch(() => {});
      // What others take for their uplink.
      await bonds.start();
      await startLinks(links, linksFolder(stateDir)).catch(({ code, message }) =>
        log.error({ code }, message),
      );
      try {
        await bootstrapper.start();
      } finally {
        underlays?.start();
        look.start();
        dispatcher?.start();
      }
    },
    stop: () =>
      endAll(
        [
          { what: 'links', end: () => links?.stop() },
          { what: 'bonds', end: () => bonds.stop() },
          { what: 'the look at underlays', end: () => underlays?.stop() },
          { what: 'the watch of other nodes', end: () => dispatcher?.stop() },
          { what: 'the look at networks', end: () => look.stop() },
          { what: 'the switch of gathered services', end: () => gathered?.stop() },
          { what: 'networking services', end: () => bootstrapper.stop() },
          { what: 'their state', end: () => state.close() },
          { what: 'the state of all nodes', end: () => shared?.close() },
        ],
        endTime,
      ),
  };
}

/** Links that the settings do not ask for any more are gone, before the edge is without its uplink. */
async function startLinks(links: Links | undefined, folder: string): Promise<void> {
  if (links) await links.start();
  else await removeLinks(folder);
}
