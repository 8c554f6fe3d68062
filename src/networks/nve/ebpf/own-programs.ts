import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type HeddleError, toHeddleError } from '../../../lib/errors.ts';
import { contentHash } from '../../../lib/hash.ts';
import type { IngressPort, Refused, RunningProgram } from '../edge.ts';
import { portName, stubName } from '../names.ts';
import { attachedOf, attachOwn, detachOwn, type Net, ownQdisc, type Qdisc } from './attach.ts';
import { bpftool, bpftoolBatch } from './bpftool.ts';
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

  /** Has each network pass what was loaded last for it, and none where it wants none. `links`: indices of interfaces. */
  async hang(ports: readonly IngressPort[], indexOf: (name: string) => number): Promise<void> {
    const wanted = ports.filter(({ program }) => program !== undefined);
    const left = new Set(this.#pins.surplus(wanted));
    const hooks = ports.flatMap((port): Hook[] => {
      const program = port.program === undefined ? undefined : this.#pins.current(port);
      if (!program && !left.has(port.vlan)) return [];
      return programNames.map((name) => {
        const pin = program && this.#pins.pin(port, program, name);
        return { vlan: port.vlan, name, dev: devOf[name](port.vlan), pin };
      });
    });
    const there = hooks.filter(({ dev }) => indexOf(dev) > 0);
    const { hung, net } = await observe(there, indexOf);
    await tcBatch(
      there.flatMap(({ dev, pin }) =>
        pin === undefined || hung.has(dev) ? [] : [ownQdisc(dev), attachOwn(dev, pin)],
      ),
    );
    for (const { dev, name, pin } of there) {
      const isBusy = net.filter(({ ifindex, kind }) => ifindex === indexOf(dev) && kind.endsWith('/egress'));
      if (pin === undefined && isBusy.length > edgeAt[name]) await detach(dev);
    }
    // At last: what they say has to come off has come off.
    this.#pins.keepOwners(wanted);
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

/** Interfaces where what has to hang hangs already, and all that hangs anywhere. */
async function observe(hooks: readonly Hook[], indexOf: (name: string) => number) {
  if (hooks.length === 0) return { hung: new Set<string>(), net: [] };
  const pinned = hooks.filter(({ pin }) => pin !== undefined);
  const shows = pinned.map(({ pin }) => `prog show pinned ${pin}`);
  const [shown, ...programs] = await bpftoolBatch(['net show', ...shows]);
  const net = shown as Net[];
  const hung = pinned.flatMap(({ dev, name }, index) => {
    const { id } = programs[index] as { readonly id: number };
    return attachedOf(net, { [name]: id }).has(`${indexOf(dev)}/egress`) ? [dev] : [];
  });
  return { hung: new Set(hung), net: net.flatMap(({ tc }) => tc) };
}

/** What tc says of a device, a place or a filter that is not there; what somebody else has hung there is left alone. */
const isNothing = /No such file or directory|[Cc]annot find|not found|doesn't exist/;

async function detach(dev: string): Promise<void> {
  // What is not there is as wished.
  await tcBatch([detachOwn(dev)]).catch((error) => {
    if (!isNothing.test(String(error))) throw error;
  });
}
