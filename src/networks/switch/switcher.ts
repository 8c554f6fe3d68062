import { randomBytes } from 'node:crypto';
import { HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import type { Change, Condition, StateManager } from '../../state/state-manager.ts';
import type { ArchetypeService } from '../standard/service.ts';
import type { Switched, SwitchWish } from '../standard/switch.ts';
import { type Level, levelsOf } from './levels.ts';
import { type KeptLevel, leftOf, planSwitch, type SwitchPlan } from './plan-switch.ts';

/**
 * Makes networks those of other archetypes while traffic goes on. What is kept of a network changes at once, in one commit:
 * whatever happens afterwards, the services bring about what is kept.
 */
export class Switcher {
  readonly #services: ReadonlyMap<string, ArchetypeService>;
  readonly #state: StateManager;

  /** @param services that share the state, in the order of their needs */
  constructor(services: ReadonlyMap<string, ArchetypeService>, state: StateManager) {
    this.#services = services;
    this.#state = state;
  }

  /**
   * Returns when the network is what it was to be, or again what it was.
   * @throws HeddleError ERR_SWITCH_LOSES when something would be lost that may not be, ERR_RESOURCE_INVALID, ERR_REVISION and
   *   whatever keeps the network from being made
   */
  async switch(network: Level, wish: SwitchWish): Promise<Switched> {
    const archetypes = new Map([...this.#services].map(([name, { archetype }]) => [name, archetype]));
    const before = levelsOf(archetypes, network);
    const after = levelsOf(archetypes, { archetype: wish.archetype, name: network.name });
    if (network.archetype === wish.archetype)
      return { network: await this.#service(network).networks.read(network.name), lost: [] };
    // What an earlier one left must not take away what this one makes.
    for (const { archetype } of after) await this.#service({ archetype }).leaveAll();
    const { plan, was } = await this.#inTurns([...before, ...after], () => this.#decide(before, wish));
    const lost = [...plan.lost];
    if (wish.dryRun) return { network: await this.#service(network).networks.read(network.name), lost };
    try {
      await this.#service(wish).bringAbout(network.name);
    } catch (error) {
      await this.#undo(was, after, plan, toHeddleError(error));
      throw error;
    }
    for (const { archetype } of plan.left) await this.#service({ archetype }).leaveAll();
    return { network: await this.#service(wish).networks.read(network.name), lost };
  }

  async #decide(before: readonly Level[], wish: SwitchWish) {
    const kept = await Promise.all(before.map((level) => this.#read(level)));
    const [top, ...below] = kept;
    if (!top) throw new HeddleError('ERR_INTERNAL', 'a network without levels');
    const { name } = top;
    if (wish.revision !== undefined && wish.revision !== top.revision)
      throw new HeddleError(
        'ERR_REVISION',
        `network ${name}: read at revision ${wish.revision}, and it is at revision ${top.revision} by now`,
      );
    const to = this.#service(wish);
    const plan = planSwitch({
      archetypes: new Map([...this.#services].map(([one, { archetype }]) => [one, archetype])),
      before: [top, ...below],
      wish,
      others: (await to.kept.all()).kept.map(({ wanted }) => wanted),
      taken: await to.taken(),
      newId: () => randomBytes(6).toString('hex'),
    });
    if (plan.lost.length > 0 && !wish.accept && !wish.dryRun) {
      const what = plan.lost.map((one) => `${one.of}: ${one.what}`).join('; ');
      throw new HeddleError(
        'ERR_SWITCH_LOSES',
        `network ${name} would lose as one of ${wish.archetype}: ${what}`,
      );
    }
    if (!wish.dryRun) await this.#commit(kept, plan);
    return { plan, was: kept };
  }

  async #commit(
    was: readonly (KeptLevel & { readonly revision: number })[],
    plan: SwitchPlan,
  ): Promise<void> {
    const conditions = was.map(({ archetype, name, revision }) =>
      this.#service({ archetype }).kept.condition(name, revision),
    );
    const changes = [
      ...was.flatMap((level) => this.#taking(level)),
      ...plan.after.flatMap((level) => this.#putting(level)),
      ...plan.left.map(({ archetype, network }) => this.#service({ archetype }).left.note(network)),
    ];
    const free = plan.after.filter((level) => !was.some((one) => isSame(one, level)));
    const absent = free.map(
      ({ archetype, name }): Condition => this.#service({ archetype }).kept.condition(name, 0),
    );
    const done = await this.#state.commit([...conditions, ...absent], lastOfEach(changes));
    if (done === undefined)
      throw new HeddleError('ERR_REVISION', `network ${was[0]?.name}: it was changed since it was read`);
  }

  /** What is kept is as it was, and what is there follows. */
  async #undo(
    was: readonly KeptLevel[],
    levels: readonly Level[],
    plan: SwitchPlan,
    why: HeddleError,
  ): Promise<void> {
    const service = (level: Level) => this.#service(level);
    try {
      await this.#inTurns([...was, ...levels], async () => {
        const found = await Promise.all(levels.map((level) => this.#readIfThere(level)));
        const reached = found.filter((level) => level !== undefined);
        const leaving = reached.filter(({ archetype }) => !was.some((one) => one.archetype === archetype));
        const changes = [
          ...reached.flatMap((level) => this.#taking(level)),
          ...plan.left.map((level) => service(level).left.forget(level.network)),
          ...leaving.map((level) => service(level).left.note(leftOf(level))),
          ...was.flatMap((level) => this.#putting(level)),
        ];
        await this.#state.commit([], lastOfEach(changes));
      });
      // From below: what is above finds it as it was.
      for (const level of [...was].reverse()) await service(level).bringAbout(level.name);
      for (const level of levels) await service(level).leaveAll();
    } catch (error) {
      const { message } = toHeddleError(error);
      throw new SeveralErrors(
        why.code,
        `network ${was[0]?.name} could not be switched: ${why.message}; and it is not again what it was: ${message}`,
        [why, toHeddleError(error)],
      );
    }
  }

  async #read(level: Level): Promise<KeptLevel & { readonly revision: number }> {
    const found = await this.#readIfThere(level);
    if (found) return found;
    const { archetype, name } = level;
    throw new HeddleError('ERR_RESOURCE_UNKNOWN', `network ${name} of ${archetype}: there is none`);
  }

  async #readIfThere({ archetype, name }: Level) {
    const service = this.#service({ archetype });
    const network = await service.kept.read(name);
    if (!network) return undefined;
    const { kept: endpoints } = await service.endpointsKept(name).all();
    return { archetype, name, network, endpoints, revision: network.revision };
  }

  #taking({ archetype, name, endpoints }: KeptLevel): Change[] {
    const service = this.#service({ archetype });
    const collection = service.endpointsKept(name);
    return [
      ...service.kept.taking(name),
      ...endpoints.flatMap(({ wanted }) => collection.taking(wanted.name)),
      collection.forgotten(),
    ];
  }

  #putting({ archetype, name, network, endpoints }: KeptLevel): Change[] {
    const service = this.#service({ archetype });
    const collection = service.endpointsKept(name);
    return [...service.kept.putting(network), ...endpoints.flatMap((one) => collection.putting(one))];
  }

  /** Work while nobody else works on any of these; services above others first, as they do it themselves. */
  async #inTurns<T>(levels: readonly Level[], work: () => Promise<T>): Promise<T> {
    const order = [...this.#services.keys()].reverse();
    const keyOf = ({ archetype, name }: Level) => `${order.indexOf(archetype)} ${name}`;
    const [first, ...rest] = [...new Map(levels.map((level) => [keyOf(level), level])).values()].sort(
      (one, other) =>
        order.indexOf(one.archetype) - order.indexOf(other.archetype) || (one.name < other.name ? -1 : 1),
    );
    if (!first) return work();
    return this.#service(first).inTurn(first.name, () => this.#inTurns(rest, work));
  }

  #service({ archetype }: Pick<Level, 'archetype'>): ArchetypeService {
    const service = this.#services.get(archetype);
    if (service) return service;
    throw new HeddleError('ERR_ARCHETYPE_UNKNOWN', `archetype ${JSON.stringify(archetype)}: there is none`);
  }
}

function isSame(one: Level, other: Level): boolean {
  return one.archetype === other.archetype && one.name === other.name;
}

/** A commit has each key once: what is said last of one holds. */
function lastOfEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [change.key, change])).values()];
}
