import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { canonicalJson } from '../../lib/hash.ts';
import type { Log } from '../../lib/log.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { parseDuration } from '../../lib/time.ts';
import type { StateManager } from '../../state/state-manager.ts';
import { follow } from '../dispatch/follow.ts';
import { linkAddress } from './addresses.ts';
import { choose, noChoice } from './choose.ts';
import { KeyStore } from './key-store.ts';
import { linkKinds } from './kinds.ts';
import { type LinkEnd, linkEndIn, linkKey, linksPrefix } from './link-end.ts';
import type { LinkKind, Tunnel } from './link-kind.ts';
import { Liveness } from './liveness/liveness.ts';
import type { PathReport, Reports } from './liveness/messages.ts';
import { steadyNow } from './liveness/steady.ts';
import { noteLinks } from './made.ts';
import {
  chosenPath,
  type Link,
  pathsTo,
  type Surroundings,
  tunnelPeer,
  tunnelWish,
  watchOf,
} from './planned.ts';
import { knownOf, rotationStep } from './rotation.ts';
import type { WanSettings } from './settings.ts';
import { linkStatus } from './shown.ts';
import type { LinkStatus } from './status.ts';
import { Underlay, uplinksNow } from './underlay.ts';
import type { Uplink } from './underlay-routes.ts';

/** Milliseconds between two looks at what is there, and while keys change. */
const looking = { usual: 5000, changing: 250 };

export interface LinksContext {
  readonly here: string;
  readonly site: string;
  readonly settings: WanSettings;
  /** What nodes share. */
  readonly state: StateManager;
  /** For what has to last; only root can enter it. */
  readonly folder: string;
  readonly log: Log;
}

interface Kept {
  readonly link: Link;
  readonly moves: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly isUp: boolean;
}

/** The links of this node to all others that share its state. What carries packets outlives this process. */
export class Links {
  readonly #context: LinksContext;
  readonly #kind: LinkKind;
  readonly #tunnel: Tunnel;
  readonly #underlay = new Underlay();
  readonly #store: KeyStore;
  readonly #liveness: Liveness;
  readonly #loop: RetryLoop;
  readonly #stop = new AbortController();
  readonly #others = new Map<string, LinkEnd>();
  #kept: ReadonlyMap<string, Kept> = new Map();
  #reports: ReadonlyMap<number, PathReport> = new Map();
  #uplinks: readonly Uplink[] = [];
  #own: LinkEnd | undefined;
  #announced: { readonly key: string; readonly at: number } | undefined;
  #handshakes: ReadonlyMap<string, number> = new Map();
  #following: Promise<void> | undefined;
  #isTold = false;
  #trouble: string | undefined;
  /** Whether the interface was there: nothing can be led through it before. */
  #isMade = false;

  constructor(context: LinksContext) {
    this.#context = context;
    this.#kind = linkKinds[context.settings.kind];
    this.#tunnel = this.#kind.tunnel(context.folder);
    this.#store = new KeyStore(context.folder);
    const failed = (message: string) => context.log.error({ code: 'ERR_NETWORK' }, `links: ${message}`);
    this.#liveness = new Liveness((reports) => this.#heard(reports), failed);
    this.#loop = new RetryLoop(
      () => this.#bringAbout(),
      (error) => this.#failed(error),
    );
  }

  /** @throws HeddleError ERR_NETWORK when what was made before, by other settings, cannot be removed */
  async start(): Promise<void> {
    const { settings, folder } = this.#context;
    await noteLinks(folder, { kind: settings.kind, interface: settings.interface });
    const take = (key: string, value: unknown) => {
      const node = key.slice(linksPrefix.length);
      const end = linkEndIn(value);
      // One that cannot be understood now goes on by what it said before.
      if (node === this.#context.here || (!end && value !== undefined)) return;
      if (end) this.#others.set(node, end);
      else this.#others.delete(node);
    };
    this.#following = follow(
      this.#context.state,
      linksPrefix,
      {
        all: (entries) => {
          // A list without this node is of a state that was lost, or is another's: nobody is gone by it.
          if (entries.some(({ key }) => key === linkKey(this.#context.here))) this.#others.clear();
          for (const { key, value } of entries) take(key, value);
          this.#isTold = true;
          this.#loop.due();
        },
        changed: ({ key, value }) => {
          take(key, value);
          this.#loop.due();
        },
        // Whoever carries networks out says it.
        failed: () => {},
      },
      this.#stop.signal,
    );
    this.#loop.due();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#following, this.#loop.stop(), this.#liveness.stop()]);
  }

  /** Makes this node a new private key; links change to it when the nodes that are there know it. @returns the public one */
  rotate(): string {
    const { publicKey } = this.#store.prepare();
    this.#loop.due();
    return publicKey;
  }

  /** @throws HeddleError ERR_RESOURCE_UNKNOWN */
  linkTo(node: string): LinkStatus {
    const found = this.status().find((one) => one.node === node);
    if (found) return found;
    const there = this.status().map((one) => one.node);
    throw new HeddleError(
      'ERR_RESOURCE_UNKNOWN',
      `link to ${JSON.stringify(node.slice(0, 63))}: there is none, but to ${there.join(', ') || 'nobody'}`,
    );
  }

  status(): LinkStatus[] {
    const own = this.#own;
    if (!own) return [];
    const around = this.#around();
    return [...this.#kept.values()]
      .map(({ link, since, moves }) =>
        linkStatus(around, own.address, link, {
          since,
          moves,
          handshake: this.#handshakes.get(link.end.address),
        }),
      )
      .sort((a, b) => a.site.localeCompare(b.site) || a.node.localeCompare(b.node));
  }

  #around(): Surroundings {
    const { here, settings } = this.#context;
    const common = { here, settings, kind: this.#kind, keys: this.#store.keys };
    return { ...common, uplinks: this.#uplinks, reports: this.#reports };
  }

  async #bringAbout(): Promise<number> {
    const { settings } = this.#context;
    this.#uplinks = await uplinksNow(settings.uplinks);
    await this.#announce().catch((error) => this.#failed(toHeddleError(error)));
    this.#settle();
    this.#watch();
    const own = this.#own;
    // Those that there were go on while nobody has said who there is.
    if (!own || !this.#isTold) return looking.changing;
    const links = [...this.#kept.values()].map(({ link }) => link);
    const all = links.flatMap(({ paths }) => paths);
    await this.#underlay.apply({
      uplinks: this.#uplinks,
      paths: all,
      used: links.flatMap((link) => chosenPath(link) ?? []),
      isOfLinks: this.#kind.isOfLinks(settings.port),
      livenessPort: settings.livenessPort,
    });
    await this.#tunnel.apply(tunnelWish(this.#around(), own, links));
    this.#isMade = true;
    this.#handshakes = await this.#tunnel.handshakes(settings.interface);
    this.#trouble = undefined;
    return this.#store.keys.next ? looking.changing : looking.usual;
  }

  /** Says what this node has, whenever that is something else than it said; and goes on with a change of keys. */
  async #announce(): Promise<void> {
    const { here, settings, log } = this.#context;
    const linked = [...this.#kept.values()].filter(({ isUp }) => isUp).map(({ link }) => link.end);
    const { next } = this.#store.keys;
    const announced = this.#announced?.key === next?.publicKey ? this.#announced?.at : undefined;
    const age = parseDuration(settings.rotateKeys) ?? Number.POSITIVE_INFINITY;
    const keys = this.#store.keys;
    const step = rotationStep({ keys, now: Date.now(), age, announced, here, linked });
    if (step === 'prepare') this.#store.prepare();
    if (step === 'advance' && next) {
      // Others take the new key from the moment that it is said: this node right after.
      await this.#say(this.#end(next.publicKey));
      this.#store.advance();
      this.#announced = undefined;
      log.info({ publicKey: next.publicKey }, 'links: this node uses its new key');
      return;
    }
    await this.#say(this.#end());
    const prepared = this.#store.keys.next?.publicKey;
    if (prepared === undefined || prepared === this.#announced?.key) return;
    this.#announced = { key: prepared, at: Date.now() };
    log.info(
      { publicKey: prepared },
      'links: this node has a new key, which the others take as well from now on',
    );
  }

  #end(current?: string): LinkEnd {
    const { here, site, settings } = this.#context;
    const { keys } = this.#store;
    return {
      site,
      kind: settings.kind,
      address: linkAddress(here),
      port: settings.port,
      livenessPort: settings.livenessPort,
      uplinks: this.#uplinks.flatMap(({ name, address }) => {
        const said = settings.uplinks.find((one) => one.interface === name);
        return said
          ? [{ name, network: said.network, address: said.address ?? address, cost: said.cost }]
          : [];
      }),
      keys: {
        current: current ?? keys.current.publicKey,
        ...(current === undefined && keys.next && { next: keys.next.publicKey }),
      },
      knows: knownOf(this.#others),
    };
  }

  async #say(end: LinkEnd): Promise<void> {
    const { here, state } = this.#context;
    this.#own = end;
    const key = linkKey(here);
    const kept = await state.get(key);
    if (canonicalJson(kept?.value) !== canonicalJson(end)) await state.commit([], [{ key, value: end }]);
  }

  /** Which links there are, by which paths. */
  #settle(): void {
    const own = this.#own;
    if (!own) return;
    const around = this.#around();
    const now = Date.now();
    this.#kept = new Map(
      [...this.#others].map(([node, end]) => {
        const before = this.#kept.get(node);
        const paths = pathsTo(around, own, node, end);
        const link: Link = { node, end, paths, choice: before?.link.choice ?? noChoice };
        return [node, { moves: 0, since: now, isUp: false, ...before, link }];
      }),
    );
    for (const node of this.#kept.keys()) this.#choose(node);
  }

  /** @returns whether another path is used from now on */
  #choose(node: string): boolean {
    const kept = this.#kept.get(node);
    if (!kept) return false;
    const { here, log } = this.#context;
    const { link } = kept;
    const measured = link.paths.flatMap((path) => {
      const report = this.#reports.get(path.id);
      return report ? [{ ...report, name: path.name, cost: path.cost }] : [];
    });
    const usedThere = measured.find(({ isUp, usedThere }) => isUp && usedThere !== 0)?.usedThere;
    const led = here > node && usedThere !== undefined ? { by: node, path: usedThere } : undefined;
    const choice = choose({ paths: measured, before: link.choice, now: steadyNow(), ...(led && { led }) });
    const isUp = measured.some((path) => path.id === choice.path && path.isUp);
    const isMoved = choice.path !== link.choice.path && choice.path !== undefined;
    const hasTurned = isUp !== kept.isUp;
    const about = { node, site: link.end.site };
    if (isMoved) log.info(about, `links: to ${node} by ${choice.reason}`);
    else if (hasTurned && isUp)
      log.info(about, `links: ${node} is reached again by ${chosenPath(link)?.name}`);
    if (hasTurned && !isUp) log.warn(about, `links: ${node} is not reached: ${choice.reason}`);
    const next = new Map(this.#kept);
    next.set(node, {
      link: { ...link, choice },
      moves: kept.moves + (isMoved && link.choice.path !== undefined ? 1 : 0),
      since: hasTurned ? Date.now() : kept.since,
      isUp,
    });
    this.#kept = next;
    return isMoved;
  }

  #heard({ reports, trouble }: Reports): void {
    const before = this.#reports;
    this.#reports = new Map(reports.map((report) => [report.id, report]));
    if (trouble !== undefined && trouble !== this.#trouble)
      this.#context.log.error({ code: 'ERR_NETWORK' }, `links: ${trouble}`);
    this.#trouble = trouble;
    const moved = [...this.#kept.keys()].filter((node) => this.#choose(node));
    for (const node of moved) void this.#lead(node);
    if (moved.length > 0) this.#watch();
    const isResized = reports.some(({ id, mtu }) => mtu !== undefined && mtu !== before.get(id)?.mtu);
    if (moved.length > 0 || isResized) this.#loop.due();
  }

  /** Moves one link at once; the loop sees to the rest. */
  async #lead(node: string): Promise<void> {
    const kept = this.#kept.get(node);
    const path = kept && chosenPath(kept.link);
    if (!this.#own || !path || !this.#isMade) return;
    const around = this.#around();
    const wish = tunnelWish(around, this.#own, []);
    await Promise.all([
      this.#underlay.lead(path, this.#uplinks),
      this.#tunnel.lead(wish, tunnelPeer(around, kept.link)),
    ]).catch((error) => this.#failed(toHeddleError(error)));
  }

  #watch(): void {
    this.#liveness.watch(
      watchOf(
        this.#around(),
        [...this.#kept.values()].map(({ link }) => link),
      ),
    );
  }

  #failed({ code, message }: HeddleError): void {
    if (message !== this.#trouble) this.#context.log.error({ code }, message);
    this.#trouble = message;
  }
}
