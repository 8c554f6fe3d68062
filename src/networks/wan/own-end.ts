import { canonicalJson } from '../../lib/hash.ts';
import type { Log } from '../../lib/log.ts';
import { parseDuration } from '../../lib/time.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { linkAddress } from './addresses.ts';
import type { KeyStore } from './key-store.ts';
import { type LinkEnd, linkKey } from './link-end.ts';
import type { Named } from './paths.ts';
import { knownOf, rotationStep, unaware } from './rotation.ts';
import type { WanSettings } from './settings.ts';
import type { Uplink } from './underlay-routes.ts';

/** Milliseconds until it is said who does not know a new key. */
const telling = 15_000;

export interface OwnEndContext {
  readonly here: string;
  readonly site: string;
  readonly settings: WanSettings;
  /** What nodes share. */
  readonly state: StateManager;
  readonly log: Log;
}

/** What this node says of itself to the others, and how its keys change. */
export class OwnEnd {
  readonly #context: OwnEndContext;
  readonly #store: KeyStore;
  /** The next key that the others could read, and since when: milliseconds since 1970. */
  #announced: { readonly key: string; readonly at: number } | undefined;
  /** The one of which it was said who does not know it. */
  #waited: string | undefined;
  /** What it is by now, whether the others could read it or not. */
  end: LinkEnd | undefined;

  constructor(context: OwnEndContext, store: KeyStore) {
    this.#context = context;
    this.#store = store;
  }

  /**
   * Says it, whenever it is something else than was said; and goes on with a change of keys.
   * @param linked the others with a link that is up
   * @throws HeddleError ERR_STATE_UNREACHABLE
   */
  async say(
    uplinks: readonly Uplink[],
    others: ReadonlyMap<string, LinkEnd>,
    linked: readonly Named[],
  ): Promise<void> {
    const { here, settings, log } = this.#context;
    const { keys } = this.#store;
    const { next } = keys;
    const announced = this.#announced?.key === next?.publicKey ? this.#announced?.at : undefined;
    const age = parseDuration(settings.rotateKeys) ?? Number.POSITIVE_INFINITY;
    const step = rotationStep({ keys, now: Date.now(), age, announced, here, linked });
    if (step === 'prepare') this.#store.prepare();
    if (step === 'wait' && next && announced !== undefined && Date.now() - announced >= telling)
      this.#tellWaiting(next.publicKey, unaware(here, next.publicKey, linked));
    if (step === 'advance' && next) {
      // Others take the new key from the moment that it is said: this node right after.
      await this.#commit({ ...this.#made(uplinks, others), keys: { current: next.publicKey } });
      this.#store.advance();
      this.#announced = undefined;
      log.info({ publicKey: next.publicKey }, 'links: this node uses its new key');
      return;
    }
    await this.#commit(this.#made(uplinks, others));
    const prepared = this.#store.keys.next?.publicKey;
    if (prepared === undefined || prepared === this.#announced?.key) return;
    this.#announced = { key: prepared, at: Date.now() };
    log.info({ publicKey: prepared }, 'links: this node has a new key, which the others are to know first');
  }

  #tellWaiting(key: string, nodes: readonly string[]): void {
    if (this.#waited === key) return;
    this.#waited = key;
    this.#context.log.warn(
      { publicKey: key },
      `links: the new key of this node waits for ${nodes.join(', ')}, which ${nodes.length > 1 ? 'do' : 'does'} not know it yet`,
    );
  }

  #made(uplinks: readonly Uplink[], others: ReadonlyMap<string, LinkEnd>): LinkEnd {
    const { here, site, settings } = this.#context;
    const { current, next } = this.#store.keys;
    return {
      site,
      kind: settings.kind,
      address: linkAddress(here),
      port: settings.port,
      livenessPort: settings.livenessPort,
      uplinks: uplinks.flatMap(({ name, address }) => {
        const said = settings.uplinks.find((one) => one.interface === name);
        return said
          ? [{ name, network: said.network, address: said.address ?? address, cost: said.cost }]
          : [];
      }),
      keys: { current: current.publicKey, ...(next && { next: next.publicKey }) },
      knows: knownOf(others),
    };
  }

  async #commit(end: LinkEnd): Promise<void> {
    const { here, state } = this.#context;
    this.end = end;
    const key = linkKey(here);
    const kept = await state.get(key);
    if (canonicalJson(kept?.value) !== canonicalJson(end)) await state.commit([], [{ key, value: end }]);
  }
}
