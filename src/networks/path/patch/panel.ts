import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../../lib/exec.ts';
import { Turns } from '../../../lib/turns.ts';
import { mountBpffs, unmountBpffs } from '../../bpf/bpffs.ts';
import { bpftool, bpftoolBatch } from '../../bpf/bpftool.ts';
import { hang, ownQdisc } from '../../bpf/hook.ts';
import { programsAt } from '../../bpf/hung.ts';
import { dump, remove, update } from '../../bpf/map-commands.ts';
import { digestOf, objectFile } from '../../bpf/object-file.ts';
import { words } from '../../bpf/words.ts';
import { inNamespace, type Namespace } from '../../ip.ts';
import { managementNamespace, patchNamespace } from '../../namespaces.ts';
import { type Group, type GroupEntry, type Groups, groupEntry, readGroups } from './groups.ts';
import {
  type Entry,
  type Formatted,
  type HeadEntry,
  headEntries,
  type PeerKey,
  type RuleEntry,
  readHeads,
  staleKeys,
  type WantedHead,
} from './heads.ts';
import type { Write } from './hops.ts';
import { redirected } from './past.ts';
import type { Noted } from './routes.ts';

/** Where the programs and maps of panels are pinned: they belong to namespaces of this host, and last as long. */
const bpffs = '/run/heddle-patch';
/** One takes the mount away, and others need it. */
const turns = new Turns();
const gathering = new Turns();

const object = objectFile('patch');

/** At ports of the panel, at ends within functions, and at the panel's loopback. */
type ProgramName = 'pass' | 'see' | 'tell' | 'inject' | 'open_flows';
const programNames: readonly ProgramName[] = ['pass', 'see', 'tell', 'inject', 'open_flows'];

/** `PAT`: the programs' among the filters of a port. */
const filter = 'pref 48 handle 0x504154';

/** `SEE`: that of the ends within functions, which comes before what takes frames there. */
const seeing = 'pref 40 handle 0x534545';

/** For interfaces that come. */
const noIpv6 = '/proc/sys/net/ipv6/conf/default/disable_ipv6';

/** A panel as it is: what is noted at its ports, and the names of those at which the program hangs. */
export interface PanelState extends Noted {
  readonly attached: ReadonlySet<string>;
}

const empty: Noted = { hops: new Map(), heads: new Map(), groups: new Map() };

/** Where a panel's program notes what of its ports. */
type MapName = 'hops' | 'heads' | 'rules' | 'peers' | 'groups';
const mapNames: readonly MapName[] = ['hops', 'heads', 'rules', 'peers', 'groups'];

/** What it notes of probes. */
type ProbeMap = 'probes' | 'sightings';
const probeMaps: readonly ProbeMap[] = ['probes', 'sightings'];

/** The patch panel of an application: a network namespace of its own, and in the kernel its program with what it notes. */
export class Panel {
  readonly namespace: Namespace & { readonly name: string };
  /** Where its programs and maps are pinned. */
  readonly folder: string;

  constructor(project: string) {
    this.namespace = { name: patchNamespace(project) };
    // A name with a dot is none in that file system.
    this.folder = path.join(bpffs, managementNamespace(project));
  }

  get isThere(): boolean {
    return existsSync(`/run/netns/${this.namespace.name}`);
  }

  /** Sees to it that it is there, and its program loaded. @throws HeddleError ERR_NETWORK */
  async make(): Promise<void> {
    // What is noted for a namespace that has gone is of interfaces that have gone.
    if (!this.isThere) {
      rmSync(this.folder, { recursive: true, force: true });
      await run('ip', ['netns', 'add', this.namespace.name], { code: 'ERR_NETWORK' });
    }
    if (this.#isLoaded) return;
    // Nobody speaks there: with IPv6 the kernel would, at every port (RFC 4862, 5.3).
    if (existsSync(noIpv6)) await inNamespace(this.namespace, ['tee', noIpv6], '1');
    await turns.take(bpffs, () => this.#load());
  }

  async read(): Promise<PanelState> {
    if (!this.isThere || !this.#isLoaded) return { ...empty, attached: new Set() };
    const [noted, { id }, [hung = new Map()]] = await Promise.all([
      this.noted(),
      bpftool<{ id: number }>('prog', 'show', 'pinned', this.#program('pass')),
      programsAt(this.namespace, ['ingress']),
    ]);
    const attached = [...hung].flatMap(([name, programs]) => (programs.has(id) ? [name] : []));
    return { ...noted, attached: new Set(attached) };
  }

  /** What is noted at its ports. */
  async noted(): Promise<Noted> {
    if (!this.isThere || !this.#isLoaded) return empty;
    const [hops, heads, rules, groups] = (await bpftoolBatch(
      (['hops', 'heads', 'rules', 'groups'] as const).map((name) => this.#dump(name)),
    )) as [Formatted<number, number>[], HeadEntry[], RuleEntry[], GroupEntry[]];
    return {
      hops: new Map(hops.map(({ formatted }) => [formatted.key, formatted.value])),
      heads: readHeads(heads, rules),
      groups: readGroups(groups),
    };
  }

  /** The groups among it. */
  async groups(): Promise<Groups> {
    if (!this.isThere || !this.#isLoaded) return empty.groups;
    const [groups] = (await bpftoolBatch([this.#dump('groups')])) as [GroupEntry[]];
    return readGroups(groups);
  }

  /** Lines for `tc -batch` that hang the program at ports, in place of what hangs there. */
  hang(ports: readonly string[]): string {
    return this.#hang('pass', ports);
  }

  /** The same at ends within functions, where probes are seen; where the kernel routes, it is told of them by a mark. */
  hangWithin(ends: readonly string[], isRouted: boolean): string {
    return this.#hang(isRouted ? 'tell' : 'see', ends, seeing);
  }

  /** Sees to it that probes that are sent by its loopback are led as if they came in at an end of their way. */
  async openLoopback(): Promise<void> {
    await Promise.all([
      inNamespace(this.namespace, ['tc', '-batch', '-'], this.#hang('inject', ['lo'])),
      inNamespace(this.namespace, ['ip', 'link', 'set', 'lo', 'up']),
    ]);
  }

  /** Files of the maps that probes are noted in. */
  get probes(): Readonly<Record<ProbeMap, string>> {
    return { probes: this.#map('probes'), sightings: this.#map('sightings') };
  }

  #hang(program: ProgramName, interfaces: readonly string[], under = filter): string {
    const lines = interfaces.flatMap((name) => [
      ownQdisc(name),
      hang(name, 'ingress', under, this.#program(program)),
    ]);
    return `${lines.join('\n')}\n`;
  }

  /** Notes where frames go, one port after the other. */
  async note(hops: readonly Write[]): Promise<void> {
    await bpftoolBatch(hops.map(([from, to]) => this.#update('hops', [words(from), words(to)])));
  }

  /** Nobody else changes groups meanwhile: who does reads them within, and writes them whole. */
  gathering<T>(work: () => Promise<T>): Promise<T> {
    return gathering.take(this.namespace.name, work);
  }

  /** Notes the instances of groups, each group at once. */
  async gather(groups: Iterable<readonly [id: number, group: Group]>): Promise<void> {
    await bpftoolBatch([...groups].map(([id, group]) => this.#update('groups', groupEntry(id, group))));
  }

  /** How many flows an instance has that are not over. */
  async openFlows(instance: number): Promise<number> {
    // A frame, the shortest that the kernel takes.
    const bytes = [24, 16, 8, 0].map((shift) => (instance >>> shift) & 0xff).reverse();
    const input = String.fromCharCode(...bytes).padEnd(60, '\0');
    const args = ['-j', 'prog', 'run', 'pinned', this.#program('open_flows'), 'data_in', '-'];
    const { retval } = JSON.parse(await run('bpftool', args, { code: 'ERR_NETWORK', input })) as {
      retval: number;
    };
    return retval;
  }

  /** Notes what begins at ports, of a generation that is not in force yet. */
  async prepare(heads: readonly WantedHead[]): Promise<void> {
    await bpftoolBatch(
      heads
        .map(headEntries)
        .flatMap(({ peers, rules }) => [
          ...peers.map((entry) => this.#update('peers', entry)),
          ...rules.map((entry) => this.#update('rules', entry)),
        ]),
    );
  }

  /** Puts in force what was prepared, together with hops, and ends what begins at other ports. */
  async lead(hops: readonly Write[], heads: readonly WantedHead[], ended: readonly number[]): Promise<void> {
    await bpftoolBatch([
      ...hops.map(([from, to]) => this.#update('hops', [words(from), words(to)])),
      ...heads.map((head) => this.#update('heads', headEntries(head).head)),
      ...ended.map((port) => this.#delete('heads', words(port))),
    ]);
  }

  /** Leads frames to other ports than those that they are led to now, wherever they come in. `past`: by the ports of now. */
  async leadPast(past: ReadonlyMap<number, number>): Promise<void> {
    if (!this.#isLoaded || past.size === 0) return;
    const [hops, rules] = (await bpftoolBatch(
      ['hops', 'rules'].map((name) => this.#dump(name as MapName)),
    )) as [Formatted<number, number>[], RuleEntry[]];
    const entries = redirected(hops, rules, past);
    await bpftoolBatch([
      ...entries.hops.map((entry) => this.#update('hops', entry)),
      ...entries.rules.map((entry) => this.#update('rules', entry)),
    ]);
  }

  /** Forgets all that is noted at ports, but for what begins there in a generation that is kept, and groups: these, and those without ports. */
  async forget(
    isGone: (port: number) => boolean,
    kept: ReadonlyMap<number, number> = new Map(),
    groups: ReadonlySet<number> = new Set(),
  ): Promise<void> {
    if (!this.#isLoaded) return;
    const [hops, heads, rules, peers, gathered] = (await bpftoolBatch(
      mapNames.map((name) => this.#dump(name)),
    )) as [Formatted<number, number>[], HeadEntry[], RuleEntry[], PeerKey[], GroupEntry[]];
    const scattered = [...readGroups(gathered)].filter(
      ([id, { instances }]) =>
        groups.has(id) || instances.every(({ outer, inner }) => isGone(outer) && isGone(inner)),
    );
    const isStale = (port: number) => isGone(port) && !kept.has(port);
    const portsOf = (entries: readonly Formatted<number, unknown>[]) =>
      entries.map(({ formatted: { key } }) => key).filter(isStale);
    const stale = staleKeys((port) => isGone(port) || kept.has(port), kept, rules, peers);
    await bpftoolBatch([
      ...portsOf(heads).map((port) => this.#delete('heads', words(port))),
      ...portsOf(hops).map((port) => this.#delete('hops', words(port))),
      ...stale.rules.map((key) => this.#delete('rules', key)),
      ...stale.peers.map((key) => this.#delete('peers', key)),
      ...scattered.map(([id]) => this.#delete('groups', words(id))),
    ]);
  }

  /** Takes it away, with all that is still in it. */
  remove(): Promise<void> {
    return turns.take(bpffs, () => this.#remove());
  }

  async #remove(): Promise<void> {
    if (this.isThere) await run('ip', ['netns', 'del', this.namespace.name], { code: 'ERR_NETWORK' });
    rmSync(this.folder, { recursive: true, force: true });
    if (!existsSync(bpffs)) return;
    // The kernel has files of its own there.
    const others = readdirSync(bpffs, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    if (others.length > 0) return;
    await unmountBpffs(bpffs);
    rmdirSync(bpffs);
  }

  async #load(): Promise<void> {
    await mountBpffs(bpffs);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder);
    await bpftool('prog', 'loadall', object, this.#programs, 'type', 'classifier', 'pinmaps', this.folder);
  }

  get #isLoaded(): boolean {
    const files = [
      ...programNames.map((name) => this.#program(name)),
      ...[...mapNames, ...probeMaps].map((name) => this.#map(name)),
    ];
    return files.every((file) => existsSync(file));
  }

  /** Another version of the programs has maps of its own: what is led by the one before is led anew. */
  get #programs(): string {
    return path.join(this.folder, digestOf(object));
  }

  #program(name: ProgramName): string {
    return path.join(this.#programs, name);
  }

  #map(name: MapName | ProbeMap): string {
    return path.join(this.folder, name);
  }

  #dump(name: MapName): string {
    return dump(this.#map(name));
  }

  #update(name: MapName, [key, value]: Entry): string {
    return update(this.#map(name), key, value);
  }

  #delete(name: MapName, key: string): string {
    return remove(this.#map(name), key);
  }
}
