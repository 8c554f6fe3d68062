import { randomBytes } from 'node:crypto';
import { HeddleError, isHeddleError, SeveralErrors, toHeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Turns } from '../../lib/turns.ts';
import type { Change, Condition } from '../../state/state-manager.ts';
import { hashOf, isAnswered, type Said } from './answered.ts';
import type { Observed } from './archetype.ts';
import type { Collection, Kept } from './collection.ts';
import type { Status } from './network.ts';
import type { ResourceEvent, Resources } from './networking-service.ts';

/** What is kept of what was wished. */
export interface Wanted {
  readonly name: string;
  readonly id: string;
  readonly options: unknown;
  /** The last wish that was carried out under an idempotency key. */
  readonly wish?: Said | undefined;
  /** It is being removed, or was when the node was killed. */
  readonly deleting?: boolean | undefined;
}

/** How one kind of resource differs from another. */
export interface Kind<W extends Wanted, Resource, Wish> {
  /** For messages: `network`, `endpoint of lab`. */
  readonly noun: string;
  /** What decisions are made from now. @throws HeddleError when none can be made */
  deciding(wish: Wish): Promise<Deciding<W, Wish>>;
  /** Makes room for one that is to be added. @returns what has to hold still when it is. Absent: nothing has to */
  mayAdd?(name: string): Promise<readonly Condition[]>;
  /** @returns what has to hold still when it is marked for removal @throws HeddleError when it must stay */
  mayRemove(wanted: W): Promise<readonly Condition[]>;
  apply(wanted: W): Promise<Observed>;
  /** @returns what goes with it, when it is forgotten */
  remove(wanted: W): Promise<readonly Change[]>;
  /** Lets what depends on one follow its change. */
  changed?(wanted: W): Promise<void>;
  /** What is shown of it. */
  show(kept: Kept<W>): Resource;
}

export interface Deciding<W extends Wanted, Wish> {
  /** What has to hold still when a decision is kept. */
  readonly conditions: readonly Condition[];
  /**
   * What will be kept of a wish. Pure. `others`: all others of the kind; `before`: what it is so far.
   * @throws HeddleError
   */
  readonly settle: (wish: Wish, id: string, others: readonly W[], before?: W) => W;
}

/** Decisions that were made again, because others changed what they were made from. */
const mostTries = 50;

/** Resources as the standard API has them, kept in a collection and brought about by their kind. */
export class KeptResources<W extends Wanted, Resource, Wish extends { readonly name: string }>
  implements Resources<Resource, Wish>
{
  readonly #collection: Collection<W>;
  readonly #kind: Kind<W, Resource, Wish>;
  readonly #turns: Turns;
  readonly #turnOf: (name: string) => string;

  /** `turnOf`: whose turn work on a resource is; what has the same is done one after the other. */
  constructor(
    collection: Collection<W>,
    kind: Kind<W, Resource, Wish>,
    turns: Turns,
    turnOf: (name: string) => string,
  ) {
    this.#collection = collection;
    this.#kind = kind;
    this.#turns = turns;
    this.#turnOf = turnOf;
  }

  create(wish: Wish, key?: string): Promise<Resource> {
    const said = key === undefined ? undefined : { key, hash: hashOf(wish) };
    return this.#inTurn(wish.name, async () => {
      const kept = await this.#add(wish, said);
      if (kept.status.phase === 'ready') return this.#kind.show(kept);
      try {
        return await this.#apply(kept);
      } catch (error) {
        // One that was there before stays, whatever keeps it from being as it should now.
        if (kept.status.phase === 'pending') await this.#withdraw(kept, toHeddleError(error));
        throw error;
      }
    });
  }

  async read(name: string): Promise<Resource> {
    return this.#kind.show(await this.#there(name));
  }

  async list(): Promise<Resource[]> {
    const { kept } = await this.#collection.all();
    return kept.map((one) => this.#kind.show(one));
  }

  update(wish: Wish, revision: number, key?: string): Promise<Resource> {
    const said = key === undefined ? undefined : { key, hash: hashOf(wish) };
    return this.#inTurn(wish.name, async () => {
      const { kept, isDone } = await this.#change(wish, revision, said);
      if (isDone) return kept.status.phase === 'ready' ? this.#kind.show(kept) : this.#apply(kept);
      const shown = await this.#apply(kept);
      await this.#kind.changed?.(kept.wanted);
      return shown;
    });
  }

  delete(name: string, revision?: number): Promise<void> {
    return this.#inTurn(name, async () => {
      const { wanted, revision: marked } = await this.#mark(name, revision);
      await this.#remove(wanted, marked);
    });
  }

  async *watch(signal: AbortSignal, after?: number): AsyncIterable<ResourceEvent<Resource>> {
    const from = after ?? (await this.#collection.revision());
    if (after === undefined) {
      for (const kept of (await this.#collection.all()).kept)
        yield { type: 'changed', revision: kept.revision, resource: this.#kind.show(kept) };
    }
    for await (const { name, revision } of this.#collection.changes(from, signal)) {
      const kept = await this.#collection.read(name);
      yield kept
        ? { type: 'changed', revision, resource: this.#kind.show(kept) }
        : { type: 'removed', revision, name };
    }
  }

  /**
   * Brings about what is wanted of one, whatever there is: after a kill, or when something was changed by hand.
   * @returns whether there was something to do
   */
  repair(name: string, isDrifted: boolean): Promise<boolean> {
    return this.#inTurn(name, async () => {
      const kept = await this.#collection.read(name);
      if (!kept) return false;
      if (kept.wanted.deleting) await this.#remove(kept.wanted, kept.revision);
      else if (isDrifted || kept.status.phase !== 'ready') await this.#apply(kept);
      else return false;
      return true;
    });
  }

  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(this.#turnOf(name), work);
  }

  /** Decides what a wish comes to, and keeps it; again when others were quicker. */
  async #add(wish: Wish, said: Said | undefined): Promise<Kept<W>> {
    for (let tries = 0; tries < mostTries; tries++) {
      // Decisions may need what is not to be had now; one that was made before holds.
      const known = said && (await this.#collection.read(wish.name));
      if (known && isAnswered(known.wanted, said)) return known;
      const { settle, conditions } = await this.#kind.deciding(wish);
      const { kept, unchanged } = await this.#collection.all();
      const there = kept.find(({ wanted }) => wanted.name === wish.name);
      if (there?.wanted.deleting) {
        // Its removal was cut off.
        await this.#remove(there.wanted, there.revision);
        continue;
      }
      if (there && said && isAnswered(there.wanted, said)) return there;
      if (there)
        throw new HeddleError('ERR_RESOURCE_EXISTS', `${this.#kind.noun} ${wish.name}: it is there already`);
      const others = kept.map(({ wanted }) => wanted);
      const settled = settle(wish, randomBytes(6).toString('hex'), others);
      const wanted: W = { ...settled, wish: said };
      const room = (await this.#kind.mayAdd?.(wish.name)) ?? [];
      const revision = await this.#collection.add(wanted, [...conditions, ...room, unchanged]);
      if (revision !== undefined) return { wanted, revision, status: { phase: 'pending', observed: {} } };
    }
    throw this.#endless(wish.name);
  }

  /** The same of a change of what is there as it was read. `isDone`: it was carried out before. */
  async #change(
    wish: Wish,
    revision: number,
    said: Said | undefined,
  ): Promise<{ readonly kept: Kept<W>; readonly isDone: boolean }> {
    for (let tries = 0; tries < mostTries; tries++) {
      const { settle, conditions } = await this.#kind.deciding(wish);
      const { kept, unchanged } = await this.#collection.all();
      const before = kept.find(({ wanted }) => wanted.name === wish.name);
      if (!before || before.wanted.deleting) throw this.#unknown(wish.name);
      if (said && isAnswered(before.wanted, said)) return { kept: before, isDone: true };
      if (before.revision !== revision) throw this.#changed(wish.name, revision, before.revision);
      const others = kept.filter((one) => one !== before).map(({ wanted }) => wanted);
      const settled = settle(wish, before.wanted.id, others, before.wanted);
      const wanted: W = { ...settled, wish: said ?? before.wanted.wish };
      const next = await this.#collection.change(wanted, [
        ...conditions,
        unchanged,
        this.#collection.condition(wish.name, revision),
      ]);
      if (next !== undefined)
        return { kept: { wanted, revision: next, status: before.status }, isDone: false };
    }
    throw this.#endless(wish.name);
  }

  /** Marks one for removal, as it was read; again when others were quicker. */
  async #mark(name: string, revision: number | undefined): Promise<Kept<W>> {
    for (let tries = 0; tries < mostTries; tries++) {
      const kept = await this.#there(name);
      if (revision !== undefined && kept.revision !== revision)
        throw this.#changed(name, revision, kept.revision);
      if (kept.wanted.deleting) return kept;
      const conditions = await this.#kind.mayRemove(kept.wanted);
      const wanted: W = { ...kept.wanted, deleting: true };
      const marked = await this.#collection.change(wanted, [
        ...conditions,
        this.#collection.condition(name, kept.revision),
      ]);
      if (marked !== undefined) return { ...kept, wanted, revision: marked };
    }
    throw this.#endless(name);
  }

  async #apply(kept: Kept<W>): Promise<Resource> {
    const { wanted } = kept;
    try {
      const status: Status = { phase: 'ready', observed: await this.#kind.apply(wanted) };
      return this.#kind.show({ ...kept, status: await this.#note(kept, status) });
    } catch (error) {
      // Whoever has to carry it out is not there: it is wanted, and waits.
      if (isHeddleError(error, 'ERR_NODE_AWAY'))
        return this.#kind.show({
          ...kept,
          status: { phase: 'pending', reason: error.message, observed: kept.status.observed },
        });
      const status: Status = {
        phase: 'failed',
        reason: toHeddleError(error).message,
        observed: kept.status.observed,
      };
      await this.#note(kept, status);
      throw error;
    }
  }

  /** What is as it was is no news to whoever watches. */
  async #note({ wanted, status: before }: Kept<W>, status: Status): Promise<Status> {
    const isNews = canonicalJson(status) !== canonicalJson(before);
    return isNews ? this.#collection.note(wanted.name, status) : status;
  }

  /** Takes back what could not be made; what is left of it, a repair removes. */
  async #withdraw({ wanted, revision }: Kept<W>, why: HeddleError): Promise<void> {
    const deleting: W = { ...wanted, deleting: true };
    try {
      const unchanged = this.#collection.condition(wanted.name, revision);
      const marked = await this.#collection.change(deleting, [unchanged]);
      // Else it is another's by now.
      if (marked !== undefined) await this.#remove(deleting, marked);
    } catch (error) {
      throw new SeveralErrors(
        why.code,
        `${this.#kind.noun} ${wanted.name} could not be made: ${why.message}; nor could what is left of it be removed: ${toHeddleError(error).message}`,
        [why, toHeddleError(error)],
      );
    }
  }

  async #remove(wanted: W, revision: number): Promise<void> {
    const also = await this.#kind.remove(wanted);
    await this.#collection.remove(wanted.name, revision, also);
  }

  async #there(name: string): Promise<Kept<W>> {
    const kept = await this.#collection.read(name);
    if (!kept) throw this.#unknown(name);
    return kept;
  }

  #unknown(name: string): HeddleError {
    return new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `${this.#kind.noun} ${JSON.stringify(name.slice(0, 230))}: there is none`,
    );
  }

  #endless(name: string): HeddleError {
    return new HeddleError('ERR_REVISION', `${this.#kind.noun} ${name}: others change the same without end`);
  }

  #changed(name: string, read: number, now?: number): HeddleError {
    const since = now === undefined ? 'it was changed since' : `it is at revision ${now} by now`;
    return new HeddleError(
      'ERR_REVISION',
      `${this.#kind.noun} ${name}: read at revision ${read}, and ${since}`,
    );
  }
}
