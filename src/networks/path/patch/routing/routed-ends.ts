import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { addressBytes } from '../../../../lib/address-bytes.ts';
import { contentHash } from '../../../../lib/hash.ts';
import { Turns } from '../../../../lib/turns.ts';
import { bpftool, bpftoolBatch } from '../../../bpf/bpftool.ts';
import { hang } from '../../../bpf/hook.ts';
import { programsAt } from '../../../bpf/hung.ts';
import { dump, remove, update } from '../../../bpf/map-commands.ts';
import { digestOf, objectFile } from '../../../bpf/object-file.ts';
import { words } from '../../../bpf/words.ts';
import { ipJson, type Link } from '../../../ip.ts';
import type { PeerAddress } from '../../selection.ts';
import type { Formatted } from '../heads.ts';
import type { Panel } from '../panel.ts';
import { hardwareAddress } from './state.ts';

const object = objectFile('route');

/** `RTE`: those of a port among its filters; what comes in is looked at before the program that leads on. */
const filter = 'pref 47 handle 0x525445';

/** Of the folders of programs and maps. */
const prefix = 'route-';

const turns = new Turns();

/** Whom passages of a way stand between: the hardware addresses of the pod, and of the network's gateway. */
export interface Beside {
  readonly pod: string;
  readonly gateway?: string;
  /** The bridge of the network. */
  readonly network?: string;
  /** By chain, whoever is at its other end: a proxy may speak in the name of one who has not spoken yet. */
  readonly peers: Readonly<Record<string, readonly PeerAddress[]>>;
  /** Chains with whoever is behind the gateway, and with nobody else. */
  readonly outside: ReadonlySet<string>;
}

/** A passage, by its ports. */
interface ChainPassage {
  readonly chain: string;
  readonly outer: number;
  readonly inner: number;
  readonly function: string;
  /** Whether what it sends may be for, or in the name of, whoever was seen at other passages of the function in the network. */
  readonly isProxy: boolean;
  /** Of a proxy that has come: its interfaces in the function, by their indices. */
  readonly listening?: { readonly within: readonly number[]; readonly port: number };
}

/**
 * The ports of a panel at passages through functions that route: what the kernel notes there of hardware addresses
 * (dataplane/route.bpf.c), beside what it leads from one port to the next.
 */
export class RoutedEnds {
  readonly #panel: Panel;

  constructor(panel: Panel) {
    this.#panel = panel;
  }

  /** Sees to it that the programs are loaded. @throws HeddleError ERR_NETWORK */
  async make(): Promise<void> {
    await turns.take(this.#folder, async () => {
      if (this.#isLoaded) return;
      // Also those of another version: what they lead still keeps them, until it is built anew.
      const all = readdirSync(this.#panel.folder).filter((name) => name.startsWith(prefix));
      for (const name of all) rmSync(path.join(this.#panel.folder, name), { recursive: true, force: true });
      mkdirSync(this.#folder, { recursive: true });
      await bpftool('prog', 'loadall', object, this.#programs, 'type', 'classifier', 'pinmaps', this.#folder);
    });
  }

  /** Lines for `tc -batch`; the ports have their `clsact` already. */
  hang(ports: readonly string[]): string {
    const lines = ports.flatMap((port) => [
      hang(port, 'egress', filter, this.#program('enter')),
      hang(port, 'ingress', filter, this.#program('leave')),
    ]);
    return `${lines.join('\n')}\n`;
  }

  /** The program for the interfaces in functions. */
  get arrive(): string {
    return this.#program('arrive');
  }

  /** Notes whom passages stand between, and forgets those whose ports are not there any more. */
  async note(all: readonly ChainPassage[], beside: Beside): Promise<void> {
    // Of two that forget the same, one would fail.
    if (all.length > 0) await turns.take(this.#folder, () => this.#note(all, beside));
  }

  async #note(all: readonly ChainPassage[], beside: Beside): Promise<void> {
    const [noted, listening] = (await bpftoolBatch([dump(this.#ends), dump(this.#listeners)])) as [
      Formatted<number, unknown>[],
      Formatted<number, { readonly passage: number }>[],
    ];
    // Of others that come meanwhile, the ports are there before they are noted.
    const there = new Set(
      (await ipJson<Link>(this.#panel.namespace, ['link', 'show'])).map(({ ifindex }) => ifindex),
    );
    const gone = noted.map(({ formatted: { key } }) => key).filter((port) => !there.has(port));
    const silent = listening.filter(({ formatted: { value } }) => !there.has(value.passage));
    await bpftoolBatch([
      ...gone.map((port) => remove(this.#ends, words(port))),
      ...silent.map(({ formatted: { key } }) => remove(this.#listeners, words(key))),
      ...all.flatMap((passage) =>
        [passage.outer, passage.inner].map((port) =>
          update(this.#ends, words(port), entryOf(passage, beside, port)),
        ),
      ),
      ...all.flatMap((passage) =>
        passage.isProxy
          ? (beside.peers[passage.chain] ?? []).flatMap((peer) =>
              neighbourEntries(scopeOf(passage, beside), peer).map(([key, value]) =>
                update(this.#neighbours, key, value),
              ),
            )
          : [],
      ),
      ...all.flatMap(({ outer, listening: { within, port } = { within: [], port: 0 } }) =>
        within.map((end) => update(this.#listeners, words(end), words(outer, port))),
      ),
    ]);
  }

  /** Names of the ports at which both programs hang, and of which it is noted whom they stand between. */
  async read(): Promise<ReadonlySet<string>> {
    if (!this.#panel.isThere || !this.#isLoaded) return new Set();
    const { namespace } = this.#panel;
    const shown = (['enter', 'leave'] as const).map((name) => `prog show pinned ${this.#program(name)}`);
    const [[enter, leave, ends], [egress, ingress], links] = await Promise.all([
      bpftoolBatch([...shown, dump(this.#ends)]) as Promise<
        [{ id: number }, { id: number }, Formatted<number, unknown>[]]
      >,
      programsAt(namespace, ['egress', 'ingress']),
      ipJson<Link>(namespace, ['link', 'show']),
    ]);
    const noted = new Set(ends.map(({ formatted: { key } }) => key));
    const whole = links.filter(
      ({ ifname, ifindex }) =>
        noted.has(ifindex) && egress?.get(ifname)?.has(enter.id) && ingress?.get(ifname)?.has(leave.id),
    );
    return new Set(whole.map(({ ifname }) => ifname));
  }

  get #isLoaded(): boolean {
    return [this.#ends, this.#listeners, this.#program('arrive')].every((file) => existsSync(file));
  }

  /** Another version of the programs has maps of its own: what it is to lead is built anew. */
  get #folder(): string {
    return path.join(this.#panel.folder, `${prefix}${digestOf(object)}`);
  }

  get #programs(): string {
    return path.join(this.#folder, 'programs');
  }

  get #ends(): string {
    return path.join(this.#folder, 'ends');
  }

  get #neighbours(): string {
    return path.join(this.#folder, 'neighbours');
  }

  get #listeners(): string {
    return path.join(this.#folder, 'listeners');
  }

  #program(name: 'enter' | 'leave' | 'arrive'): string {
    return path.join(this.#programs, name);
  }
}

/** `struct end`, in words of bpftool. */
function entryOf(passage: ChainPassage, beside: Beside, port: number): string {
  const { chain, outer } = passage;
  const { pod, gateway, outside } = beside;
  const none = '00:00:00:00:00:00';
  const hardware = [pod, gateway ?? none, hardwareAddress].flatMap((address) => address.split(':'));
  const flags = [gateway !== undefined, port === outer, outside.has(chain)];
  return [
    words(scopeOf(passage, beside)),
    ...hardware,
    ...flags.map((flag) => (flag ? '01' : '00')),
    '00 00 00',
  ].join(' ');
}

/** Whose neighbours those of a passage are: of itself, or of a proxy in a network; no interface has such a number. */
function scopeOf({ isProxy, outer, function: fn }: ChainPassage, { network }: Beside): number {
  if (!isProxy || network === undefined) return outer;
  return Number.parseInt(contentHash(`${fn} ${network}`).slice(0, 7), 16);
}

/** `struct neighbour_key` and `struct neighbour`. */
function neighbourEntries(scope: number, { mac, ips }: PeerAddress): (readonly [string, string])[] {
  return ips.map((ip) => {
    const bytes = [...addressBytes(ip)];
    const mapped = bytes.length === 4 ? [...Array<number>(10).fill(0), 0xff, 0xff, ...bytes] : bytes;
    const address = mapped.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    return [`${words(scope)} ${address}`, `${mac.replaceAll(':', ' ')} 00 00`];
  });
}
