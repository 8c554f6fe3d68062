import type { UpRequest } from '../../api/messages.ts';
import { HeddleError, isHeddleError } from '../../lib/errors.ts';
import { type Change, changeOf, checkReplicas } from './change.ts';
import type { Peers } from './peers.ts';
import { type Before, isOn, nodesOf, nodesWith, type Placement, placeServices } from './placement.ts';
import { checkPlacement, checkScaling } from './slice.ts';
import type { KeptSpread, SpreadRecords } from './spread-record.ts';

/** Where an application is, and where a request wants it. */
export interface Going {
  readonly kept: KeptSpread | undefined;
  readonly before: Before;
  /** The services of the file. */
  readonly placed: Placement;
  readonly change: Change;
  isPresent(node: string): boolean;
}

/** Finds out where applications are: on this node alone, or on several. */
export class Whereabouts {
  readonly #peers: Peers;
  readonly #records: SpreadRecords;
  /** The services that this node has of an application by itself; nothing where it has none. */
  readonly #own: (project: string) => readonly string[] | undefined;

  constructor(peers: Peers, records: SpreadRecords, own: (project: string) => readonly string[] | undefined) {
    this.#peers = peers;
    this.#records = records;
    this.#own = own;
  }

  /**
   * Nothing: it is on this node alone, and is to be.
   * @throws HeddleError ERR_SITE_UNKNOWN, ERR_PLACE_IMPOSSIBLE, ERR_PROJECT_CLASH, ERR_STATE_UNREACHABLE
   */
  async of(request: UpRequest): Promise<Going | undefined> {
    const { spec } = request;
    const kept = await this.known(spec.project);
    const isPlaced = spec.pods.some(({ place }) => place !== undefined);
    // What is on this node alone needs no other.
    if (!kept && !isPlaced) return undefined;
    const { here } = this.#peers;
    const members = await this.#peers.list();
    const own = this.#own(spec.project) ?? [];
    const before = kept ?? { placement: Object.fromEntries(own.map((one) => [one, here])), leaving: [] };
    const placed = placeServices(spec, { here, members, before: before.placement });
    if (!kept && isOn(placed, here)) return undefined;
    checkPlacement(spec, placed);
    checkScaling(spec, placed, here);
    checkReplicas(spec.pods, before.placement, placed);
    const present = new Set(members.flatMap(({ name, present: isThere }) => (isThere ? name : [])));
    return {
      kept,
      before,
      placed,
      change: changeOf(request, placed, before, members),
      isPresent: (node) => present.has(node),
    };
  }

  /**
   * Of one that is over several nodes. Nothing, too, where nobody was ever asked who has what: then this node knows what is on it alone.
   * @throws HeddleError ERR_PROJECT_CLASH where this node has another of that name
   */
  async known(project: string): Promise<KeptSpread | undefined> {
    const kept = await this.#read(project);
    if (!kept || !this.#isAnother(project, kept)) return kept;
    const nodes = nodesOf(kept.placement).join(', ');
    throw new HeddleError(
      'ERR_PROJECT_CLASH',
      `the application ${project} is on ${nodes}, and this node, ${this.#peers.here}, has another of that name`,
      { hint: 'give one of the two another name: -p, or `name:` in the file' },
    );
  }

  /** The same for who only looks: where this node has another of that name, that is meant. */
  async seen(project: string): Promise<KeptSpread | undefined> {
    const kept = await this.#read(project);
    return kept && !this.#isAnother(project, kept) ? kept : undefined;
  }

  #isAnother(project: string, kept: KeptSpread): boolean {
    return !nodesWith(kept).includes(this.#peers.here) && this.#own(project) !== undefined;
  }

  async #read(project: string): Promise<KeptSpread | undefined> {
    try {
      return await this.#records.get(project);
    } catch (error) {
      if (!isHeddleError(error, 'ERR_STATE_UNREACHABLE')) throw error;
      return undefined;
    }
  }
}
