import { randomBytes } from 'node:crypto';
import { HeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import type { Change, Condition, StateManager } from '../../state/state-manager.ts';
import type { ArchetypeService } from '../standard/service.ts';
import type { Loss, Switched, SwitchWish } from '../standard/switch.ts';
import { type Level, levelsOf } from './levels.ts';
import { type KeptLevel, leftOf, planSwitch, type SwitchPlan } from './plan-switch.ts';

/** Times that others may change what is being decided. */
const mostTries = 10;

interface Decided {
  readonly plan: SwitchPlan;
  readonly was: readonly ReadLevel[];
}

interface ReadLevel extends KeptLevel {
  readonly revision: number;
  readonly conditions: readonly Condition[];
}

/**
 * Makes networks those of other archetypes while traffic goes on. What is kept of a network changes at once, in one commit:
 * whatever happens afterwards, the services bring about what is kept.
 */
export class Switcher {
  readonly #services: ReadonlyMap<string, ArchetypeService>;
  readonly #state: StateManager;
  readonly #isShared: boolean;

  /**
   * @param services that have what they keep in the state, in the order of their needs
   * @param isShared with other nodes: what is below a network is each node's own, and switched by it
   */
  constructor(services: ReadonlyMap<string, ArchetypeService>, state: StateManager, isShared = false) {
    this.#services = services;
    this.#state = state;
    this.#isShared = isShared;
  }

  /**
   * Returns when the network is what it was to be, or again what it was.
   * @throws HeddleError ERR_SWITCH_LOSES when something would be lost that may not be, ERR_RESOURCE_INVALID, ERR_REVISION and
   *   whatever keeps the network from being made
   */
  async switch(network: Level, wish: SwitchWish): Promise<Switched> {
    const before = this.#levels(network);
    const after = this.#levels({ archetype: wish.archetype, name: network.name });
    if (network.archetype === wish.archetype)
      return { network: await this.#service(network).networks.read(network.name), lost: [] };
    // What an earlier one left must not take away what this one makes.
    if (!wish.dryRun) for (const { archetype } of after) await this.#service({ archetype }).leaveAll();
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

  #levels(network: Level): Level[] {
    const levels = levelsOf(this.#archetypes(), network);
    return this.#isShared ? levels.slice(0, 1) : levels;
  }

  #archetypes() {
    return new Map([...this.#services].map(([name, { archetype }]) => [name, archetype]));
  }

  /** Decides what it comes to, and keeps it; again when others were quicker. */
  async #decide(before: readonly Level[], wish: SwitchWish, tries = 1): Promise<Decided> {
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
    const around = await to.around();
    const others = await to.kept.all();
    const plan = planSwitch({
      archetypes: this.#archetypes(),
      before: [top, ...below],
      wish,
      others: others.kept.map(({ wanted }) => wanted),
      around,
      isShared: this.#isShared,
      newId: () => randomBytes(6).toString('hex'),
    });
    if (plan.lost.length > 0 && !wish.accept && !wish.dryRun) throw losesError(top, wish, plan.lost);
    if (wish.dryRun || (await this.#commit(kept, plan, [...around.conditions, others.unchanged])))
      return { plan, was: kept };
    if (tries < mostTries) return this.#decide(before, wish, tries + 1);
    throw new HeddleError(
      'ERR_REVISION',
      `network ${name}: others change it, or those beside it, without end`,
    );
  }

  /** @returns whether all was still as it was when it was decided */
  async #commit(
    was: readonly ReadLevel[],
    plan: SwitchPlan,
    conditions: readonly Condition[],
  ): Promise<boolean> {
    const read = was.flatMap((level) => level.conditions);
    if (this.#isShared) return this.#handOver(was, plan.after, [...read, ...conditions]);
    const changes = [
      ...was.flatMap((level) => this.#taking(level)),
      ...plan.after.flatMap((level) => this.#putting(level)),
      ...plan.left.map(({ archetype, network }) => this.#service({ archetype }).left.note(network)),
    ];
    const free = plan.after.filter((level) => !was.some((one) => isSame(one, level)));
    const absent = free.map(
      ({ archetype, name }): Condition => this.#service({ archetype }).kept.condition(name, 0),
    );
    const all = [...read, ...conditions, ...absent];
    return (await this.#state.commit(uniqueKeys(all), lastOfEach(changes))) !== undefined;
  }

  /**
   * The same of what nodes share, of which one commit takes little: what the other network has is written where nobody sees it, the
   * network itself changes by one commit, and then what it had goes. What is left when this is cut off goes when a node begins, or
   * whoever makes one of that name clears it.
   */
  async #handOver(
    [from]: readonly KeptLevel[],
    [to]: readonly KeptLevel[],
    conditions: readonly Condition[],
  ): Promise<boolean> {
    if (!from || !to) throw new HeddleError('ERR_INTERNAL', 'a network without levels');
    const { kept, endpointsKept } = this.#collections(to);
    const belongings = this.#service(to).belongings(to.name);
    const asRead = uniqueKeys(conditions);
    if (!(await belongings.clear())) return false;
    const written = await belongings.write(
      [
        ...to.endpoints.flatMap((one) => endpointsKept.putting(one)),
        ...kept.reporting(to.name, to.network.reports ?? new Map()),
      ],
      asRead,
    );
    const changes = [...this.#collections(from).kept.taking(from.network), ...kept.putting(to.network)];
    const isDone =
      written !== undefined &&
      (await this.#state.commit(uniqueKeys([...asRead, ...written]), lastOfEach(changes))) !== undefined;
    const gone = isDone ? from : to;
    // What is left nobody sees, and it goes when a node begins, or one of that name is made.
    await this.#service(gone)
      .belongings(gone.name)
      .clear()
      .catch(() => {});
    return isDone;
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
        if (this.#isShared && !isAsMade(plan.after, reached))
          throw new HeddleError('ERR_REVISION', 'others have changed it meanwhile, and it stays what it is');
        const changed = new HeddleError('ERR_REVISION', 'others change it, and it stays what it is');
        if (this.#isShared) {
          const conditions = reached.flatMap((level) => level.conditions);
          if (!(await this.#handOver(reached, was, conditions))) throw changed;
          return;
        }
        const leaving = reached.filter(({ archetype }) => !was.some((one) => one.archetype === archetype));
        const changes = [
          ...reached.flatMap((level) => this.#taking(level)),
          ...plan.left.map((level) => service(level).left.forget(level.network)),
          ...leaving.map((level) => service(level).left.note(leftOf(level))),
          ...was.flatMap((level) => this.#putting(level)),
        ];
        if (!(await this.#state.commit([], lastOfEach(changes)))) throw changed;
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

  async #read(level: Level): Promise<ReadLevel> {
    const found = await this.#readIfThere(level);
    if (found) return found;
    const { archetype, name } = level;
    throw new HeddleError('ERR_RESOURCE_UNKNOWN', `network ${name} of ${archetype}: there is none`);
  }

  async #readIfThere({ archetype, name }: Level): Promise<ReadLevel | undefined> {
    const service = this.#service({ archetype });
    const network = await service.kept.read(name);
    if (!network) return undefined;
    const { revision } = network;
    const { kept: endpoints, unchanged } = await service.endpointsKept(name).all();
    const conditions = [service.kept.condition(name, revision), unchanged];
    const level = { archetype, name, network, endpoints, revision, conditions };
    if (!this.#isShared) return level;
    // After the serial of the endpoints: a node that says that it has the network changes it.
    return { ...level, network: { ...network, reports: await service.kept.reports(name) } };
  }

  #collections({ archetype, name }: Level) {
    const service = this.#service({ archetype });
    return { kept: service.kept, endpointsKept: service.endpointsKept(name) };
  }

  #taking({ archetype, name, network, endpoints }: KeptLevel): Change[] {
    const { kept, endpointsKept } = this.#collections({ archetype, name });
    return [
      ...kept.taking(network),
      ...endpoints.flatMap((one) => endpointsKept.taking(one)),
      endpointsKept.forgotten(),
    ];
  }

  #putting({ archetype, name, network, endpoints }: KeptLevel): Change[] {
    const { kept, endpointsKept } = this.#collections({ archetype, name });
    return [...kept.putting(network), ...endpoints.flatMap((one) => endpointsKept.putting(one))];
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

export function losesError(
  { name }: Pick<Level, 'name'>,
  { archetype }: Pick<SwitchWish, 'archetype'>,
  lost: readonly Loss[],
): HeddleError {
  const what = lost.map((one) => `${one.of}: ${one.what}`).join('; ');
  return new HeddleError('ERR_SWITCH_LOSES', `network ${name} would lose as one of ${archetype}: ${what}`);
}

/** Whether a network, of which other nodes may make and remove endpoints at any time, has those that were decided on. */
function isAsMade(made: readonly KeptLevel[], found: readonly KeptLevel[]): boolean {
  const namesIn = (levels: readonly KeptLevel[]) =>
    levels
      .flatMap(({ archetype, name, endpoints }) =>
        endpoints
          // Of nodes themselves: they come and go with what is there.
          .filter(({ wanted }) => wanted.attachment.kind !== 'node' && !wanted.deleting)
          .map(({ wanted }) => `${archetype} ${name} ${wanted.name} ${wanted.id}`),
      )
      .sort();
  return found.length === made.length && namesIn(made).join() === namesIn(found).join();
}

function isSame(one: Level, other: Level): boolean {
  return one.archetype === other.archetype && one.name === other.name;
}

/** What is said of one key twice is the same. */
function uniqueKeys(conditions: readonly Condition[]): Condition[] {
  return [...new Map(conditions.map((one) => [one.key, one])).values()];
}

/** A commit has each key once: what is said last of one holds. */
function lastOfEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [change.key, change])).values()];
}
