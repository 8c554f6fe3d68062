import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Turns } from '../../../lib/turns.ts';
import { bpftool, bpftoolBatch } from '../../bpf/bpftool.ts';
import { hang } from '../../bpf/hook.ts';
import { dump, remove, update } from '../../bpf/map-commands.ts';
import { digestOf, objectFile } from '../../bpf/object-file.ts';
import { words } from '../../bpf/words.ts';
import { inNamespace, ipJson, type Link } from '../../ip.ts';
import type { Formatted } from '../patch/heads.ts';
import type { PassagePorts } from '../patch/names.ts';
import type { Panel } from '../patch/panel.ts';
import {
  crossedOf,
  type EndEntry,
  type Figures,
  newEntries,
  noFigures,
  type TimingEntry,
  timingsOf,
} from './figures.ts';

const object = objectFile('delay');

/** Of the programs of a port, these come before those that lead frames on or change them. */
export const preference = 44;
/** `DEL` */
const filter = `pref ${preference} handle 0x44454c`;

/** Of the folders of programs and maps. */
const prefix = 'delay-';

const mapNames = ['ends', 'timings', 'airspaces', 'across'] as const;

const turns = new Turns();

/** A passage through a function, by the indices of its ports at the panel. */
interface Ports {
  readonly outer: number;
  readonly inner: number;
}

/** The ports of a panel at passages through functions: what is counted and timed there by dataplane/delay.bpf.c. */
export class TimedEnds {
  readonly #panel: Panel;

  constructor(panel: Panel) {
    this.#panel = panel;
  }

  /** Sees to it that the programs are loaded. @throws HeddleError ERR_NETWORK */
  async make(): Promise<void> {
    await turns.take(this.#panel.folder, async () => {
      if (this.#isLoaded) return;
      // Also those of another version, which count where they hang until these take their places.
      const all = readdirSync(this.#panel.folder).filter((name) => name.startsWith(prefix));
      for (const name of all) rmSync(path.join(this.#panel.folder, name), { recursive: true, force: true });
      mkdirSync(this.#folder, { recursive: true });
      const shared = ['map', 'name', 'probes', 'pinned', this.#panel.probes.probes];
      const where = [object, this.#programs, 'type', 'classifier', ...shared, 'pinmaps', this.#folder];
      await bpftool('prog', 'loadall', ...where);
    });
  }

  /** Lines for `tc -batch`, which hang the programs in place of what hangs there; the ports have their `clsact` already. */
  hang(ports: readonly string[]): string {
    const lines = ports.flatMap((port) => [
      hang(port, 'egress', filter, this.#program('enter')),
      hang(port, 'ingress', filter, this.#program('leave')),
    ]);
    return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
  }

  /** Sees to it that what passes is counted, as {@link make}, {@link note} and {@link hang} do. @throws HeddleError ERR_NETWORK */
  async attend(all: readonly (Ports & { readonly ports: PassagePorts })[]): Promise<void> {
    if (all.length === 0) return;
    await this.make();
    await this.note(all);
    const lines = this.hang(all.flatMap(({ ports }) => Object.values(ports)));
    await inNamespace(this.#panel.namespace, ['tc', '-batch', '-'], lines);
  }

  /** Has what passes be counted from now on, from nothing; of those that are counted already, nothing changes. */
  async note(all: readonly Ports[]): Promise<void> {
    if (all.length === 0) return;
    await turns.take(this.#panel.folder, async () => {
      const noted = await this.#noted();
      const fresh = all.filter(({ outer, inner }) => !noted.has(outer) || !noted.has(inner));
      const pairs = fresh.flatMap(({ outer, inner }) => [[outer, inner] as const, [inner, outer] as const]);
      await bpftoolBatch([
        ...pairs.flatMap(([port]) =>
          newEntries(port).map(([map, key, value]) => update(this.#map(map), key, value)),
        ),
        // At last: it says that all else of a port is there.
        ...pairs.map(([port, other]) => update(this.#map('across'), words(port), words(other))),
      ]);
    });
  }

  /** Forgets ports that are not there any more. */
  async forget(): Promise<void> {
    if (!this.#isLoaded) return;
    await turns.take(this.#panel.folder, async () => {
      // Of those that come meanwhile, the ports are there before they are noted.
      const noted = await this.#noted();
      const links = await ipJson<Link>(this.#panel.namespace, ['link', 'show']);
      const there = new Set(links.map(({ ifindex }) => ifindex));
      const gone = [...noted].filter((port) => !there.has(port));
      const lines = gone.flatMap((port) => mapNames.map((map) => remove(this.#map(map), words(port))));
      // Who was killed at this has left some that lack the rest already.
      await bpftoolBatch(lines).catch(async () => {
        for (const line of lines) await bpftoolBatch([line]).catch(() => {});
      });
    });
  }

  /**
   * What has passed, read twice: what had come out of a function at the second has gone in by the first, or later. So nobody takes
   * for lost what was on its way.
   */
  async read(): Promise<readonly [Figures, Figures]> {
    if (!this.#panel.isThere || !this.#isLoaded) return [noFigures, noFigures];
    const [before, timed, after] = (await bpftoolBatch(
      ['ends', 'timings', 'ends'].map((map) => dump(this.#map(map))),
    )) as [EndEntry[], TimingEntry[], EndEntry[]];
    const timings = timingsOf(timed);
    return [
      { crossed: crossedOf(before), timings },
      { crossed: crossedOf(after), timings },
    ];
  }

  async #noted(): Promise<ReadonlySet<number>> {
    const [entries] = (await bpftoolBatch([dump(this.#map('across'))])) as [Formatted<number, number>[]];
    return new Set(entries.map(({ formatted: { key } }) => key));
  }

  get #isLoaded(): boolean {
    const files = [
      ...mapNames.map((name) => this.#map(name)),
      this.#program('enter'),
      this.#program('leave'),
    ];
    return files.every((file) => existsSync(file));
  }

  /** Another version of the programs has maps of its own, and counts from nothing. */
  get #folder(): string {
    return path.join(this.#panel.folder, `${prefix}${digestOf(object)}`);
  }

  get #programs(): string {
    return path.join(this.#folder, 'programs');
  }

  #program(name: 'enter' | 'leave'): string {
    return path.join(this.#programs, name);
  }

  #map(name: string): string {
    return path.join(this.#folder, name);
  }
}
