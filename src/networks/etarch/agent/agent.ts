import { isHeddleError } from '../../../lib/errors.ts';
import type { StateManager } from '../../../state/state-manager.ts';
import { busesOf } from '../domain/buses.ts';
import { type Asker, type Decision, decide } from '../domain/decide.ts';
import type { Domain } from '../domain/domain.ts';
import { depart, enter, prune, withdraw } from '../domain/presence.ts';
import { DomainStore } from '../domain/store.ts';
import type { Answer, EntityRequest } from '../wire/control.ts';
import type { TitledNetwork, TitledStation } from './title-switch.ts';

/** What there is of a network on this node. */
export interface LocalNetwork {
  /** 12 hex digits. */
  readonly id: string;
  readonly stations: readonly TitledStation[];
  readonly trunk?: string;
}

export interface AgentOptions {
  readonly network: string;
  readonly node: string;
  readonly registry: StateManager;
  /** What there is of the network here, as it is now. Nothing: it does not live here. */
  local(): Promise<LocalNetwork | undefined>;
  /** Makes the switch what it has to be. */
  settle(network: TitledNetwork): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * The domain title service agent (DTSA) of one network on one node: it keeps the domain together with the agents of other
 * nodes, and sees to it that the switch of its node makes the workspaces.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #store: DomainStore;
  #turn: Promise<unknown> = Promise.resolve();
  /** The last request: only the first of those that wait stands in the way of what the node itself does. */
  #asked: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** As it was looked at last: it changes by who looks at it then. */
  #local: LocalNetwork | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#store = new DomainStore(options.registry, options.network);
  }

  /** @throws HeddleError ERR_STATE */
  domain(): Promise<Domain> {
    return this.#store.read();
  }

  /** Carries out what an entity asks, and returns when the switch does so. */
  async carryOut(asker: Asker, request: EntityRequest): Promise<Answer> {
    try {
      const { answer, changes } = await this.#afterOthers(() =>
        this.#inTurn(() => this.#decide(asker, request)),
      );
      if (changes.length > 0) await this.follow();
      return answer;
    } catch (error) {
      if (!isHeddleError(error)) throw error;
      return { status: 'unavailable', reason: error.code };
    }
  }

  /** Looks at what there is of the network here, and at its switch, and makes that what the domain is by now. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh());
  }

  /** Makes the switch what the domain is by now. Whoever asks while that is due gets the same. */
  follow(): Promise<void> {
    this.#next ??= this.#inTurn(() => {
      this.#next = undefined;
      return this.#local ? this.#settle(this.#local, false) : this.#refresh();
    });
    return this.#next;
  }

  /** The network does not live on this node any more. */
  async leave(): Promise<void> {
    const { node, now } = this.#options;
    await this.#inTurn(async () => {
      this.#local = undefined;
      await this.#store.change((domain) => ({ changes: depart(domain, node, now()) }));
      if ((await this.#store.read()).nodes.size === 0) await this.#store.end();
    });
  }

  async #decide({ endpoint, mac }: Asker, request: EntityRequest): Promise<Decision> {
    // As it is by now: it may have gone, or have other titles, since it asked.
    const asker = this.#local?.stations.find((one) => one.endpoint === endpoint && one.mac === mac);
    if (!asker) return { answer: { status: 'unavailable', reason: 'this endpoint has gone' }, changes: [] };
    const now = this.#options.now();
    return this.#store.change((domain) => decide(domain, asker, request, now));
  }

  async #refresh(): Promise<void> {
    const found = await this.#options.local();
    this.#local = found;
    if (!found) return;
    const noted = this.#note(found.stations);
    // What cannot be noted now, keeps nobody from who is known to be there.
    await noted.catch(() => {});
    await this.#settle(found, true);
    await noted;
  }

  async #settle(local: LocalNetwork, isLook: boolean): Promise<void> {
    const { network, node, settle } = this.#options;
    const buses = busesOf(await this.#store.read(), node, local.stations);
    await settle({ name: network, ...local, buses, isLook });
  }

  /** Has the domain know who is here by now. */
  async #note(stations: readonly TitledStation[]): Promise<void> {
    const { node, now } = this.#options;
    await this.#store.change((domain) => ({
      changes: [...enter(domain, node), ...withdraw(domain, node, stations, now())],
    }));
    await this.#store.change((domain) => ({ changes: prune(domain, now()) }));
  }

  #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const asked = this.#asked.then(work);
    this.#asked = asked.catch(() => {});
    return asked;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
