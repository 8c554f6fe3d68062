import type { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { nameText, wireName } from '../dns/wire.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import { hostPort } from '../proxy/address.ts';
import type { ViewChange, ViewSubscriber } from '../view/subscriber.ts';
import type { CurrentView } from '../view/view.ts';
import { batches } from './batches.ts';
import {
  type Change,
  carryOut,
  changesBetween,
  managedContents,
  updateRecords,
  WantedContents,
} from './contents.ts';
import type { TsigKey } from './key.ts';
import { Primary } from './primary.ts';

/** Milliseconds between two looks at what the server has. */
const lookInterval = 10_000;

export interface KeeperOptions {
  readonly server: Endpoint;
  readonly key: TsigKey;
  readonly log: Log;
}

/** What the server was seen to have, or was made to. */
interface Held {
  readonly domain: string;
  readonly contents: ReturnType<typeof managedContents>;
  /** When it was last read. */
  readonly serial: number;
}

/**
 * Keeps the zone in a server such as BIND or Knot as the view says (RFC 2136). It goes by what the server has, read when
 * it starts, after each failure and where its serial shows that it changed; so nothing is lost while the server is gone,
 * and what others change is set right.
 */
export class ZoneKeeper implements ViewSubscriber {
  readonly #options: KeeperOptions;
  #wanted: WantedContents | undefined;
  #held: Held | undefined;
  /** When the server was looked at last, in `performance.now()`. */
  #lookedAt = 0;
  #primary: Primary | undefined;
  /** What was complained about last, so that it is said once. */
  #complaint: string | undefined;
  readonly #retryLoop = new RetryLoop(
    () => this.#follow(),
    (error) => this.#complain(error),
  );

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  changed(change: ViewChange, view: CurrentView): void {
    if (change.isWhole || !this.#wanted) {
      this.#wanted = new WantedContents(view);
      this.#held = undefined;
    } else this.#wanted.apply(change);
    this.#retryLoop.due();
  }

  /** The server keeps what it has. */
  async stop(): Promise<void> {
    const stopped = this.#retryLoop.stop();
    this.#primary?.close();
    await stopped;
  }

  /** @returns when to look at what the server has */
  async #follow(): Promise<number | undefined> {
    try {
      await this.#keep();
      return lookInterval;
    } catch (error) {
      this.#held = undefined;
      // All is compared with what the server has next time: nothing is noted for that in the meantime.
      this.#wanted?.settle();
      throw error;
    }
  }

  async #keep(): Promise<void> {
    const wanted = this.#wanted;
    if (!wanted) return;
    const { server, key, log } = this.#options;
    const { domain } = wanted;
    const primary = new Primary({ server, domain, key });
    this.#primary = primary;
    try {
      const known = this.#held;
      const held = await this.#look(primary, wanted);
      const touched = wanted.settle();
      const changes = changesBetween(held.contents, wanted.contents, held === known ? touched : undefined);
      const wire = wireName(domain) ?? '\0';
      for (const batch of batches(changes.map((change) => updateRecords(change, wire))))
        await primary.update(batch);
      for (const change of changes) carryOut(held.contents, change);
      // Unless the view is another one since.
      if (wanted === this.#wanted) this.#held = held;
      if (changes.length > 0) log.info({ server: hostPort(server), ...summary(changes) }, 'zone updated');
      if (this.#complaint !== undefined) log.info({ server: hostPort(server) }, 'zone update works again');
      this.#complaint = undefined;
    } finally {
      primary.close();
      this.#primary = undefined;
    }
  }

  /** What the server has: as it is known, or read where it is not, or may have changed. */
  async #look(primary: Primary, wanted: WantedContents): Promise<Held> {
    const { domain } = wanted;
    const known = this.#held?.domain === domain ? this.#held : undefined;
    if (known && performance.now() - this.#lookedAt < lookInterval) return known;
    if (known && (await primary.serial()) === known.serial) {
      this.#lookedAt = performance.now();
      return known;
    }
    const { serial, records } = await primary.transfer();
    wanted.settle();
    const isWanted = (owner: string) => wanted.contents.has(owner);
    const contents = managedContents(records, wireName(domain) ?? '\0', isWanted);
    this.#lookedAt = performance.now();
    const foreign = known ? changesBetween(contents, known.contents) : [];
    const { server, log } = this.#options;
    if (foreign.length > 0)
      log.warn(
        { server: hostPort(server), ...summary(foreign) },
        'zone was changed from outside; restoring it',
      );
    return { domain, contents, serial };
  }

  #complain({ code, message, hint }: HeddleError): void {
    if (message === this.#complaint) return;
    this.#complaint = message;
    this.#options.log.error({ code, hint }, message);
  }
}

/** How many names of many are logged. */
const namedAtMost = 5;

function summary(changes: readonly Change[]): { names: number; some: string[] } {
  return { names: changes.length, some: changes.slice(0, namedAtMost).map(({ owner }) => nameText(owner)) };
}
