import type { Log } from '../../lib/log.ts';
import { type Choice, choose, noChoice, silentReason } from './choose.ts';
import type { LinkEnd } from './link-end.ts';
import type { PathReport } from './liveness/messages.ts';
import { steadyNow } from './liveness/steady.ts';
import type { Path } from './paths.ts';
import { chosenPath, type Link } from './planned.ts';

/** By node: the path that its link takes. */
export type UsedPaths = Readonly<Record<string, number>>;

export interface KeptLink {
  readonly link: Link;
  /** How often another path was taken. */
  readonly moves: number;
  /** Milliseconds since 1970: of the present state. */
  readonly since: number;
  readonly isUp: boolean;
}

/** The links that there are, and which path each takes. What it decides is said in the log. */
export class LinkTable {
  readonly #here: string;
  readonly #log: Log;
  #kept = new Map<string, KeptLink>();
  #reports: ReadonlyMap<number, PathReport> = new Map();

  constructor(here: string, log: Log) {
    this.#here = here;
    this.#log = log;
  }

  get kept(): readonly KeptLink[] {
    return [...this.#kept.values()];
  }

  get links(): readonly Link[] {
    return this.kept.map(({ link }) => link);
  }

  get reports(): ReadonlyMap<number, PathReport> {
    return this.#reports;
  }

  /** For the process that comes next. */
  get used(): UsedPaths {
    return Object.fromEntries(
      this.links.flatMap(({ node, choice }) => (choice.path === undefined ? [] : [[node, choice.path]])),
    );
  }

  of(node: string): Link | undefined {
    return this.#kept.get(node)?.link;
  }

  /** These nodes there are. `used`: the paths that a process before this one has used. */
  settle(
    others: ReadonlyMap<string, LinkEnd>,
    pathsTo: (node: string, end: LinkEnd) => Path[],
    used: Partial<UsedPaths>,
  ): void {
    const now = Date.now();
    this.#kept = new Map(
      [...others].map(([node, end]) => {
        const before = this.#kept.get(node);
        const paths = pathsTo(node, end);
        const link: Link = {
          node,
          end,
          paths,
          choice: before?.link.choice ?? foundChoice(paths, used[node]),
        };
        return [node, { moves: 0, since: now, isUp: false, ...before, link }];
      }),
    );
    for (const node of this.#kept.keys()) this.#choose(node);
  }

  /** What was measured. @returns the nodes whose links take another path from now on */
  measured(reports: readonly PathReport[]): string[] {
    const before = this.#reports;
    this.#reports = new Map(reports.map((report) => [report.id, report]));
    for (const link of this.links) this.#tellPaths(link, before);
    return [...this.#kept.keys()].filter((node) => this.#choose(node));
  }

  #tellPaths({ node, paths }: Link, before: ReadonlyMap<number, PathReport>): void {
    for (const { id, name } of paths) {
      const [was, is] = [before.get(id)?.isUp ?? false, this.#reports.get(id)?.isUp ?? false];
      const mtu = this.#reports.get(id)?.mtu;
      if (mtu !== undefined && mtu !== before.get(id)?.mtu)
        this.#log.info(
          { node, path: name, mtu },
          `links: path ${name} to ${node} takes packets of ${mtu} bytes`,
        );
      if (was !== is)
        this.#log.info({ node, path: name }, `links: path ${name} to ${node} is ${is ? 'up' : 'down'}`);
    }
  }

  #choose(node: string): boolean {
    const kept = this.#kept.get(node);
    if (!kept) return false;
    const { link } = kept;
    const measured = link.paths.map(({ id, name, cost }) => {
      const report = this.#reports.get(id) ?? unheard;
      return { ...report, id, name, cost };
    });
    // Of two nodes the one whose name comes first leads: both are to use the same path.
    const usedThere = measured.find((one) => one.isUp && one.usedThere !== 0)?.usedThere;
    const led = this.#here > node && usedThere !== undefined ? { by: node, path: usedThere } : undefined;
    const choice = choose({ paths: measured, before: link.choice, now: steadyNow(), ...(led && { led }) });
    const next: KeptLink = {
      link: { ...link, choice },
      moves: kept.moves,
      since: kept.since,
      isUp: measured.some((path) => path.id === choice.path && path.isUp),
    };
    const isMoved = choice.path !== link.choice.path && choice.path !== undefined;
    const hasTurned = next.isUp !== kept.isUp;
    this.#tell(kept, next, isMoved);
    this.#kept.set(node, {
      ...next,
      moves: kept.moves + (isMoved && link.choice.path !== undefined ? 1 : 0),
      since: hasTurned ? Date.now() : kept.since,
    });
    return isMoved;
  }

  #tell(before: KeptLink, { link, isUp }: KeptLink, isMoved: boolean): void {
    const { node, end, choice } = link;
    const about = { node, site: end.site };
    const path = chosenPath(link)?.name;
    if (isMoved) this.#log.info(about, `links: to ${node} by ${choice.reason}`);
    else if (isUp && !before.isUp) this.#log.info(about, `links: ${node} is reached again by ${path}`);
    if (before.isUp && !isUp)
      this.#log.warn(about, `links: ${node} is not reached: ${silentReason(path ?? '')}`);
  }
}

/** Before anything was heard on a path. */
const unheard = { isUp: false, since: 0, delay: 0, loss: 1, falls: 0, usedThere: 0 } as const;

/** The link goes on as a process before this one has led it. */
function foundChoice(paths: readonly Path[], used: number | undefined): Choice {
  const found = paths.find(({ id }) => id === used);
  return found
    ? { path: found.id, reason: `${found.name}: it was used before`, isInherited: true }
    : noChoice;
}
