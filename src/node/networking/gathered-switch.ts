import { isDeepStrictEqual } from 'node:util';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { Turns } from '../../lib/turns.ts';
import type { Archetype } from '../../networks/standard/archetype.ts';
import type { Network } from '../../networks/standard/network.ts';
import type { NetworkingService } from '../../networks/standard/networking-service.ts';
import type { ArchetypeService } from '../../networks/standard/service.ts';
import type { Switched, SwitchWish } from '../../networks/standard/switch.ts';
import { type Level, levelsOf } from '../../networks/switch/levels.ts';
import { type KeptLevel, planSwitch } from '../../networks/switch/plan-switch.ts';
import { losesError, Switcher } from '../../networks/switch/switcher.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { LendableService } from '../services/lendable-service.ts';
import type { Unit } from '../services/unit.ts';
import { moveKept } from './move-kept.ts';

interface Parts {
  readonly archetypes: readonly Archetype[];
  readonly state: StateManager;
  readonly stateDir: string;
  /** Services of this process, and those in processes of their own, by archetype. */
  readonly local: ReadonlyMap<string, ArchetypeService>;
  readonly own: ReadonlyMap<string, Pick<Unit, 'start' | 'stop' | 'service'>>;
  /** By what the former ask the latter. */
  readonly asked: ReadonlyMap<string, Pick<LendableService, 'lend'>>;
  /** Makes the latter in this process, over the state of the others. */
  gathered(): ReadonlyMap<string, ArchetypeService>;
  readonly log: Log;
}

/**
 * Switches networks while services run in processes of their own, which keep their state apart: for the moment of a switch these are
 * stopped, as when they are started again, and what they keep is the node's. So a switch is one commit, as ever. A node that is
 * killed on the way finds whatever was moved at its next start, and moves it to where its settings want it: with the network
 * as it was before that commit, or after it.
 */
export class GatheredSwitcher implements Pick<Switcher, 'switch'> {
  readonly #parts: Parts;
  readonly #turns = new Turns();
  /** Once they could not be given back: the disk is full, say. */
  readonly #givingBack: RetryLoop;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#givingBack = new RetryLoop(
      () => this.#turns.take('', () => this.#giveBack()),
      ({ code, message }) =>
        parts.log.error(
          { code },
          `services of networks stay stopped until they have their state again: ${message}`,
        ),
    );
  }

  /** See {@link Switcher.switch}. @throws HeddleError as that does, and ERR_SERVICE_ABSENT */
  async switch(network: Level, wish: SwitchWish): Promise<Switched> {
    if (wish.dryRun || network.archetype === wish.archetype) return this.#planned(network, wish);
    return this.#turns.take('', async () => {
      // Revisions are others when what is kept has moved.
      const { revision, ...rest } = wish;
      const read = await this.#service(network.archetype).networks.read(network.name);
      if (revision !== undefined && revision !== read.revision)
        throw new HeddleError(
          'ERR_REVISION',
          `network ${network.name}: read at revision ${revision}, and it is at revision ${read.revision} by now`,
        );
      // Refused before anything is stopped.
      await this.#planned(network, rest);
      const { lost } = await this.#together(async (switcher, service) => {
        const found = await service(network.archetype).networks.read(network.name);
        if (revision !== undefined && !isAlike(found, read))
          throw new HeddleError('ERR_REVISION', `network ${network.name}: it has changed since it was read`);
        return switcher.switch(network, rest);
      });
      return { network: await this.#service(wish.archetype).networks.read(network.name), lost };
    });
  }

  /** Waits for what is being done, after which nothing is. */
  async stop(): Promise<void> {
    await this.#givingBack.stop();
    await this.#turns.take('', async () => {});
  }

  async #together<T>(
    work: (switcher: Switcher, service: (archetype: string) => ArchetypeService) => Promise<T>,
  ): Promise<T> {
    const { archetypes, state, stateDir, local, own, asked, gathered } = this.#parts;
    try {
      for (const unit of [...own.values()].reverse()) await unit.stop();
      await moveKept(state, stateDir, archetypes, () => false);
      const made = gathered();
      const all = archetypes.flatMap(({ name }) => {
        const service = local.get(name) ?? made.get(name);
        return service ? [[name, service] as const] : [];
      });
      const services = new Map(all);
      for (const [name, service] of asked) service.lend(services.get(name));
      try {
        return await work(new Switcher(services, state), (name) => services.get(name) as ArchetypeService);
      } finally {
        for (const service of asked.values()) service.lend(undefined);
        for (const service of [...made.values()].reverse()) await service.close();
      }
    } finally {
      await this.#giveBack().catch((error) => {
        this.#givingBack.due();
        throw error;
      });
    }
  }

  async #giveBack(): Promise<undefined> {
    const { archetypes, state, stateDir, own } = this.#parts;
    await moveKept(state, stateDir, archetypes, (name) => own.has(name));
    for (const unit of own.values()) await unit.start();
  }

  /** What would be lost, by what services say that they have. */
  async #planned(network: Level, wish: SwitchWish): Promise<Switched> {
    const archetypes = new Map(this.#parts.archetypes.map((one) => [one.name, one]));
    const shown = await this.#service(network.archetype).networks.read(network.name);
    if (network.archetype === wish.archetype) return { network: shown, lost: [] };
    const [top, ...below] = await Promise.all(levelsOf(archetypes, network).map((one) => this.#level(one)));
    if (!top) throw new HeddleError('ERR_INTERNAL', 'a network without levels');
    let ids = 0;
    const { lost } = planSwitch({
      archetypes,
      before: [top, ...below],
      wish,
      others: await this.#service(wish.archetype).networks.list(),
      around: { taken: [], vlans: new Map() },
      newId: () => (++ids).toString(16).padStart(12, '0'),
    });
    if (lost.length > 0 && !wish.accept && !wish.dryRun) throw losesError(network, wish, lost);
    return { network: shown, lost };
  }

  async #level({ archetype, name }: Level): Promise<KeptLevel> {
    const service = this.#service(archetype);
    const [network, endpoints] = await Promise.all([
      service.networks.read(name),
      service.endpoints(name).list(),
    ]);
    return {
      archetype,
      name,
      network: { wanted: network, status: network.status },
      endpoints: endpoints.map((wanted) => ({ wanted, status: wanted.status })),
    };
  }

  #service(archetype: string): NetworkingService {
    const service = this.#parts.local.get(archetype) ?? this.#parts.own.get(archetype)?.service;
    if (service) return service;
    throw new HeddleError('ERR_ARCHETYPE_UNKNOWN', `archetype ${JSON.stringify(archetype)}: there is none`);
  }
}

/** Whether a network is what it was, whatever the count of changes is where it is kept. */
function isAlike(one: Network, other: Network): boolean {
  const said = ({ revision: _, status: __, ...rest }: Network) => rest;
  return isDeepStrictEqual(said(one), said(other));
}
