import { HeddleError, toHeddleError } from '../../lib/errors.ts';
import { RetryLoop } from '../../lib/retry-loop.ts';
import { follow } from '../dispatch/follow.ts';
import { KeptFile } from './kept-file.ts';
import { KeyStore } from './key-store.ts';
import { linkKinds } from './kinds.ts';
import { type LinkEnd, linkEndIn, linkKey, linksPrefix } from './link-end.ts';
import type { LinkKind, Tunnel } from './link-kind.ts';
import { LinkTable, type UsedPaths } from './link-table.ts';
import { Liveness } from './liveness/liveness.ts';
import type { Reports } from './liveness/messages.ts';
import { guardLiveness } from './liveness-guard.ts';
import { noteLinks } from './made.ts';
import { OwnEnd, type OwnEndContext } from './own-end.ts';
import { chosenPath, ledPaths, pathsTo, type Surroundings, tunnelWish, watchOf } from './planned.ts';
import { linkStatus } from './shown.ts';
import type { LinkStatus } from './status.ts';
import { makeGuardRoute } from './tunnel-link.ts';
import { Underlay, uplinksNow } from './underlay.ts';
import type { Uplink } from './underlay-routes.ts';

/** Milliseconds between two looks at what is there, and while keys change. */
const looking = { usual: 5000, changing: 250 };

export interface LinksContext extends OwnEndContext {
  /** For what has to last; only root can enter it. */
  readonly folder: string;
}

/** The links of this node to all others that share its state. What carries packets outlives this process. */
export class Links {
  readonly #context: LinksContext;
  readonly #kind: LinkKind;
  readonly #tunnel: Tunnel;
  readonly #underlay = new Underlay();
  readonly #store: KeyStore;
  readonly #own: OwnEnd;
  readonly #table: LinkTable;
  readonly #liveness: Liveness;
  readonly #loop: RetryLoop;
  readonly #stop = new AbortController();
  readonly #others = new Map<string, LinkEnd>();
  readonly #othersFile: KeptFile<Record<string, LinkEnd>>;
  readonly #usedFile: KeptFile<UsedPaths>;
  /** What a process before this one has used. */
  readonly #before: Partial<UsedPaths>;
  #uplinks: readonly Uplink[] = [];
  #handshakes: ReadonlyMap<string, number> = new Map();
  #following: Promise<void> | undefined;
  /** Whether it was said who there is, by the shared state or by a process before this one. */
  #isTold = false;
  /** Whether another than that was kept since. */
  #isKept = true;
  /** Whether the interface was there: nothing can be led through it before. */
  #isMade = false;
  /** Nodes whose links carry nothing, although their paths answer. */
  #mute: ReadonlySet<string> = new Set();
  #trouble: string | undefined;

  constructor(context: LinksContext) {
    const { here, settings, folder, log } = context;
    this.#context = context;
    this.#kind = linkKinds[settings.kind];
    this.#tunnel = this.#kind.tunnel(folder);
    this.#store = new KeyStore(folder);
    this.#own = new OwnEnd(context, this.#store);
    this.#table = new LinkTable(here, log);
    this.#othersFile = new KeptFile(folder, 'others.json');
    this.#usedFile = new KeptFile(folder, 'used.json');
    this.#before = this.#usedFile.read();
    this.#liveness = new Liveness(
      (reports) => this.#heard(reports),
      (message) => log.error({ code: 'ERR_NETWORK' }, `links: ${message}`),
    );
    this.#loop = new RetryLoop(
      () => this.#bringAbout(),
      (error) => this.#failed(error),
    );
  }

  /** @throws HeddleError ERR_NETWORK when what was made before, by other settings, cannot be removed */
  async start(): Promise<void> {
    const { here, settings, folder, state } = this.#context;
    await noteLinks(folder, { kind: settings.kind, interface: settings.interface });
    await makeGuardRoute();
    // All of it is public. What the shared state says is taken as soon as that is reached.
    for (const [node, end] of Object.entries(this.#othersFile.read())) this.#take(linkKey(node), end);
    this.#isTold = this.#others.size > 0;
    this.#following = follow(
      state,
      linksPrefix,
      {
        all: (entries) => {
          // A list without this node is of a state that was lost, or is another's: nobody is gone by it.
          if (entries.some(({ key }) => key === linkKey(here))) this.#others.clear();
          this.#isKept = false;
          for (const { key, value } of entries) this.#take(key, value);
          this.#isTold = true;
          this.#loop.due();
        },
        changed: ({ key, value }) => {
          this.#take(key, value);
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
    await Promise.all([this.#usedFile.close(), this.#othersFile.close()]);
  }

  /** Makes this node a new private key; links change to it when the nodes that are there know it. @returns the public one */
  rotate(): string {
    const { publicKey } = this.#store.prepare();
    this.#loop.due();
    return publicKey;
  }

  status(): LinkStatus[] {
    const { end } = this.#own;
    if (!end) return [];
    const around = this.#around();
    return this.#table.kept
      .map(({ link, since, moves }) =>
        linkStatus(around, end.address, link, {
          since,
          moves,
          handshake: this.#handshakes.get(link.end.address),
          now: Date.now(),
        }),
      )
      .sort((a, b) => a.site.localeCompare(b.site) || a.node.localeCompare(b.node));
  }

  /** @throws HeddleError ERR_RESOURCE_UNKNOWN */
  linkTo(node: string): LinkStatus {
    const all = this.status();
    const found = all.find((one) => one.node === node);
    if (found) return found;
    const there = all.map((one) => one.node).join(', ') || 'nobody';
    const asked = JSON.stringify(node.slice(0, 63));
    throw new HeddleError('ERR_RESOURCE_UNKNOWN', `link to ${asked}: there is none, but to ${there}`);
  }

  #around(): Surroundings {
    const { here, settings } = this.#context;
    const common = { here, settings, kind: this.#kind, keys: this.#store.keys };
    return { ...common, uplinks: this.#uplinks, reports: this.#table.reports };
  }

  #take(key: string, value: unknown): void {
    const node = key.slice(linksPrefix.length);
    if (node === this.#context.here) return;
    const end = linkEndIn(node, value);
    // One that cannot be understood now goes on by what it said before.
    if (end) this.#others.set(node, end);
    else if (value === undefined) this.#others.delete(node);
    this.#isKept = false;
  }

  async #bringAbout(): Promise<number> {
    const { settings } = this.#context;
    this.#uplinks = await uplinksNow(settings.uplinks);
    const linked = this.#table.kept.filter(({ isUp }) => isUp).map(({ link }) => link);
    await this.#own
      .say(this.#uplinks, this.#others, linked)
      .catch((error) => this.#failed(toHeddleError(error)));
    const { end } = this.#own;
    // Links that there were go on while nobody has said who there is.
    if (!end || !this.#isTold) return looking.changing;
    if (!this.#isKept) this.#othersFile.write(Object.fromEntries(this.#others));
    this.#isKept = true;
    this.#table.settle(
      this.#others,
      (node, other) => pathsTo(this.#around(), end, node, other),
      this.#before,
    );
    const { links } = this.#table;
    const paths = links.flatMap((link) => link.paths);
    await guardLiveness({ port: settings.livenessPort, paths });
    this.#watch();
    // Where one node cannot be led to, the others are all the same.
    const [untaken] = await Promise.allSettled([
      this.#underlay.apply({
        uplinks: this.#uplinks,
        paths,
        used: ledPaths(links),
        isOfLinks: this.#kind.isOfLinks(settings.port),
        livenessPort: settings.livenessPort,
      }),
    ]);
    await this.#tunnel.apply(tunnelWish(this.#around(), end, this.#table.links));
    this.#isMade = true;
    if (untaken.status === 'rejected') throw untaken.reason;
    // Those of before last while a node changes its key.
    this.#handshakes = new Map([...this.#handshakes, ...(await this.#tunnel.handshakes(settings.interface))]);
    this.#tellMute();
    this.#trouble = undefined;
    return this.#store.keys.next ? looking.changing : looking.usual;
  }

  #heard({ reports, trouble }: Reports): void {
    if (trouble !== undefined) this.#failed(new HeddleError('ERR_NETWORK', `links: ${trouble}`));
    const before = this.#table.reports;
    const moved = this.#table.measured(reports);
    if (moved.length > 0) {
      void this.#lead(moved);
      this.#watch();
      this.#usedFile.write(this.#table.used);
    }
    const isResized = reports.some(({ id, mtu }) => mtu !== undefined && mtu !== before.get(id)?.mtu);
    if (moved.length > 0 || isResized) this.#loop.due();
  }

  /** Moves some links at once; the loop sees to the rest. */
  async #lead(nodes: readonly string[]): Promise<void> {
    const { end } = this.#own;
    if (!end || !this.#isMade) return;
    const links = nodes.flatMap((node) => this.#table.of(node) ?? []);
    const paths = links.flatMap((link) => chosenPath(link) ?? []);
    await Promise.all([
      this.#underlay.lead(paths, this.#uplinks),
      this.#tunnel.lead(tunnelWish(this.#around(), end, links)),
    ]).catch((error) => this.#failed(toHeddleError(error)));
  }

  #watch(): void {
    this.#liveness.watch(watchOf(this.#around(), this.#table.links));
  }

  /** What measures a path is not what passes on it. */
  #tellMute(): void {
    const answered = new Set(this.#table.kept.filter(({ isUp }) => isUp).map(({ link }) => link.node));
    const mute = this.status().filter(({ node, state }) => answered.has(node) && state !== 'up');
    for (const { node, reason } of mute)
      if (!this.#mute.has(node)) this.#context.log.warn({ node }, `links: ${node} is not reached: ${reason}`);
    this.#mute = new Set(mute.map(({ node }) => node));
  }

  #failed({ code, message }: HeddleError): void {
    if (message !== this.#trouble) this.#context.log.error({ code }, message);
    this.#trouble = message;
  }
}
