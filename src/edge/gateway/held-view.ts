import { HeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Message, Snapshot, Stamp } from '../delivery/messages.ts';
import { serialAfter } from '../dns/serial.ts';
import type { ServiceView } from '../view/view.ts';
import type { JudgedView } from './judged-view.ts';
import type { ViewStore } from './view-store.ts';

/** The view that a gateway, or the proxy of a node, was told, and the same on disk for when it starts again. */
export class HeldView {
  readonly #site: string | undefined;
  readonly #view: Pick<JudgedView, 'apply' | 'told'>;
  readonly #store: ViewStore;
  readonly #now: () => number;
  #serial: number | undefined;
  #at: Stamp | undefined;
  #heldSite = '';

  /**
   * @param site whose view it has to be; nothing: of any site
   * @param now milliseconds since 1970
   */
  constructor(
    site: string | undefined,
    view: Pick<JudgedView, 'apply' | 'told'>,
    store: ViewStore,
    now: () => number = () => Date.now(),
  ) {
    this.#site = site;
    this.#view = view;
    this.#store = store;
    this.#now = now;
  }

  /** The zone's serial; 0 while there is no view. */
  get serial(): number {
    return this.#serial ?? 0;
  }

  /** Where the view stands; nothing while there is none. */
  get at(): Stamp | undefined {
    return this.#at;
  }

  /**
   * Answers from what was kept, if anything was.
   * @returns why it is less than was kept
   * @throws HeddleError ERR_STATE when the file cannot be read, or is of another site
   */
  recover(): string | undefined {
    const { changes, problem } = this.#store.load();
    const [first] = changes;
    const site = first?.message.kind === 'snapshot' ? first.message.view.site : undefined;
    if (site !== undefined && site !== (this.#site ?? site)) {
      throw new HeddleError('ERR_STATE', `the state folder holds the view of ${site}, not of ${this.#site}`, {
        hint: 'give each gateway a folder of its own',
      });
    }
    for (const { serial, message } of changes) this.#apply(message, serial);
    return problem;
  }

  /**
   * Answers from a message, then keeps it. A snapshot of what is answered already leaves the serial as it is.
   * @throws HeddleError ERR_STATE, ERR_DISK_FULL when it could not be kept; it is answered from all the same
   */
  take(message: Message): void {
    this.#keep(message, this.#isHeld(message) ? (this.#serial as number) : this.#nextSerial());
  }

  /**
   * Answers anew from services as they were told: what checks say of their copies is something else now. The zone's serial
   * is kept with them, so that it does not go back either.
   * @throws HeddleError ERR_STATE, ERR_DISK_FULL when it could not be kept
   */
  repeat(set: Readonly<Record<string, ServiceView>>): void {
    if (!this.#at) return;
    this.#keep({ kind: 'delta', ...this.#at, site: this.#heldSite, set, removed: [] }, this.#nextSerial());
  }

  #nextSerial(): number {
    return serialAfter(this.#serial, this.#now() / 1000);
  }

  #keep(message: Message, serial: number): void {
    this.#apply(message, serial);
    this.#store.keep({ serial, message }, () => this.#view.told() as Snapshot);
  }

  #apply(message: Message, serial: number): void {
    this.#view.apply(message, serial);
    this.#serial = serial;
    this.#at = { epoch: message.epoch, version: message.version };
    if (message.kind === 'snapshot') this.#heldSite = message.view.site;
  }

  #isHeld(message: Message): boolean {
    if (message.kind !== 'snapshot') return false;
    const held = this.#view.told();
    return held !== undefined && canonicalJson(held.view) === canonicalJson(message.view);
  }
}
