import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type HeddleError, toHeddleError } from '../../../lib/errors.ts';
import { contentHash } from '../../../lib/hash.ts';
import { bpftool, bpftoolBatch } from '../../bpf/bpftool.ts';
import { ownQdisc } from '../../bpf/hook.ts';
import type { IngressPort, Refused, RunningProgram } from '../edge.ts';
import { portName, stubName } from '../names.ts';
import {
  attachBegin,
  attachedOf,
  attachOwn,
  detachBegin,
  detachOwn,
  type Net,
  type Qdisc,
} from './attach.ts';
import { checkProgram, programError } from './check-program.ts';
import { OwnPins } from './own-pins.ts';
import { type ProgramName, programNames } from './program.ts';
import { readProgram } from './program-file.ts';
import { tcBatch, tcJson } from './tc.ts';
import { verdictOf } from './verdict.ts';

/** Where each hangs: frames pass it before the edge on their way to the wire, and after it on their way from there. */
const devOf: Readonly<Record<ProgramName, (vlan: number) => string>> = {
  to_wire: portName,
  from_wire: stubName,
};

/** How many programs of the edge's hang at the same places. */
const edgeAt: Readonly<Record<ProgramName, number>> = { to_wire: 1, from_wire: 0 };

/** A function of a network's program, and where it has to hang. */
interface Hook {
  readonly vlan: number;
  readonly name: ProgramName;
  readonly dev: string;
  /** Absent: nothing has to hang there. */
  readonly pin: string | undefined;
}

interface Places {
  /** In the kernel's file system. */
  readonly pins: string;
  /** For files that only root can enter. */
  readonly folder: string;
  /** Where users put their programs. */
  readonly programs: string;
}

/** Programs that networks have of their own. Another takes the place of the one before without a gap. */
export class OwnPrograms {
  readonly #places: Places;
  readonly #pins: OwnPins;

  constructor(places: Places) {
    this.#places = places;
    this.#pins = new OwnPins(places.pins);
  }

  /** What the kernel has for the network with a VLAN id. */
  running(vlan: number): RunningProgram | undefined {
    return this.#pins.onVlan(vlan);
  }

  /** Whether the kernel has one for a network, be it the one that is wanted or another. */
  has(port: IngressPort): boolean {
    return this.#pins.current(port) !== undefined;
  }

  /** Reads, checks and loads what networks are to have. Why some cannot have theirs: what they had, they keep. */
  async load(ports: readonly IngressPort[]): Promise<Refused> {
    const refused = new Map<string, HeddleError>();
    for (const port of ports) {
      if (port.program === undefined) continue;
      try {
        await this.#load(port, port.program);
      } catch (error) {
        refused.set(port.network, toHeddleError(error));
      }
    }
    return refused;
  }

  async #load(port: IngressPort, name: string): Promise<void> {
    const what = `network ${port.name}: program ${name}`;
    const object = readProgram(what, this.#places.programs, name);
    checkProgram(what, object);
    const sha256 = contentHash(object);
    // What was checked is what is loaded: nobody but root has this one.
    const copy = path.join(this.#places.folder, `own-${port.vlan}.o`);
    await this.#pins.add(port, { name, sha256 }, async (folder) => {
      mkdirSync(this.#places.folder, { recursive: true, mode: 0o700 });
      rmSync(copy, { force: true });
      try {
        writeFileSync(copy, object, { mode: 0o600, flag: 'wx' });
        await bpftool('prog', 'loadall', copy, folder, 'type', 'classifier');
      } catch (cause) {
        throw programError(what, `is refused by the kernel: ${verdictOf((cause as Error).message)}`, {
          cause,
        });
      } finally {
        rmSync(copy, { force: true });
      }
      const found = readdirSync(folder);
      if (found.length === 0 || !found.every((one) => programNames.some((known) => known === one)))
        throw programError(
          what,
          `has to have functions to_wire, from_wire or both, and has ${found.join(', ') || 'none'}`,
        );
    });
  }

  /** VLAN ids of networks whose frames to the wire pass a program. */
  toWire(ports: readonly IngressPort[]): ReadonlySet<number> {
    return new Set(
      this.#hooks(ports).flatMap(({ vlan, name, pin }) =>
        name === 'to_wire' && pin !== undefined ? [vlan] : [],
      ),
    );
  }

  /** Has each network pass what was loaded last for it. `links`: indices of interfaces; `begin`: what hangs before it. */
  async hang(ports: readonly IngressPort[], indexOf: (name: string) => number, begin: string): Promise<void> {
    const there = this.#hooks(ports).filter(({ dev, pin }) => pin !== undefined && indexOf(dev) > 0);
    if (there.length === 0) return;
    const [shown, ...programs] = await bpftoolBatch([
      'net show',
      ...[begin, ...there.map(({ pin }) => pin)].map((pin) => `prog show pinned ${pin}`),
    ]);
    const [beginId, ...ids] = programs.map((one) => (one as { readonly id: number }).id);
    const isHung = (id: number | undefined, dev: string) =>
      attachedOf(shown as Net[], { to_wire: id ?? 0 }).has(`${indexOf(dev)}/egress`);
    await tcBatch(
      there.flatMap(({ dev, name, pin = '' }, index) => {
        const lacks = !isHung(ids[index], dev);
        const lacksBegin = name === 'to_wire' && !isHung(beginId, dev);
        return [
          ...(lacks || lacksBegin ? [ownQdisc(dev)] : []),
          ...(lacks ? [attachOwn(dev, pin)] : []),
          // At last: what it marks has all of it before it.
          ...(lacksBegin ? [attachBegin(dev, begin)] : []),
        ];
      }),
    );
  }

  /** Has those pass none that want none, or whose program has no such function. */
  async takeOff(ports: readonly IngressPort[], indexOf: (name: string) => number): Promise<void> {
    const bare = this.#hooks(ports).filter(({ dev, pin }) => pin === undefined && indexOf(dev) > 0);
    const net = bare.length === 0 ? [] : ((await bpftoolBatch(['net show']))[0] as Net[]);
    const all = net.flatMap(({ tc }) => tc);
    for (const { dev, name } of bare) {
      const hung = all.filter(({ ifindex, kind }) => ifindex === indexOf(dev) && kind.endsWith('/egress'));
      if (hung.length <= edgeAt[name]) continue;
      if (name === 'to_wire') await detach(detachBegin(dev));
      await detach(detachOwn(dev));
    }
    // At last: what they say has to come off has come off.
    this.#pins.keepOwners(wantingOne(ports));
  }

  /** Of networks that have a program, or had one. */
  #hooks(ports: readonly IngressPort[]): Hook[] {
    const left = new Set(this.#pins.surplus(wantingOne(ports)));
    return ports.flatMap((port): Hook[] => {
      const program = port.program === undefined ? undefined : this.#pins.current(port);
      if (!program && !left.has(port.vlan)) return [];
      return programNames.map((name) => {
        const pin = program && this.#pins.pin(port, program, name);
        return { vlan: port.vlan, name, dev: devOf[name](port.vlan), pin };
      });
    });
  }

  /** Frames that programs have dropped, by the VLAN ids of those that have one. */
  async filtered(): Promise<ReadonlyMap<number, Readonly<Record<ProgramName, number>>>> {
    const vlans = this.#pins.vlans();
    if (vlans.length === 0) return new Map();
    // The kernel counts what is dropped at these places. The edge drops there only what has nowhere to go.
    const qdiscs = await tcJson<Qdisc>(['-s', 'qdisc', 'show']);
    const drops = new Map(qdiscs.filter(({ kind }) => kind === 'clsact').map((one) => [one.dev, one.drops]));
    const at = (name: ProgramName, vlan: number) => drops.get(devOf[name](vlan)) ?? 0;
    return new Map(
      vlans.map((vlan) => [vlan, { to_wire: at('to_wire', vlan), from_wire: at('from_wire', vlan) }]),
    );
  }

  remove(): void {
    this.#pins.remove();
  }
}

function wantingOne(ports: readonly IngressPort[]): IngressPort[] {
  return ports.filter(({ program }) => program !== undefined);
}

/** What tc says of a device, a place or a filter that is not there; what somebody else has hung there is left alone. */
const isNothing = /No such file or directory|[Cc]annot find|not found|doesn't exist/;

async function detach(line: string): Promise<void> {
  // What is not there is as wished.
  await tcBatch([line]).catch((error) => {
    if (!isNothing.test(String(error))) throw error;
  });
}
