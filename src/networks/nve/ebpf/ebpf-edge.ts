import path from 'node:path';
import { Turns } from '../../../lib/turns.ts';
import { mountBpffs, unmountBpffs } from '../../bpf/bpffs.ts';
import { bpftoolBatch } from '../../bpf/bpftool.ts';
import { ownQdisc } from '../../bpf/hook.ts';
import { dump } from '../../bpf/map-commands.ts';
import { objectFile } from '../../bpf/object-file.ts';
import { ipBatch, ipJson, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { checkPorts } from '../check.ts';
import type { Edge, EdgeSettings, IngressPort, Passed, PortCounters, Refused, Underlay } from '../edge.ts';
import { lost } from '../lost.ts';
import { guardTable, portName, stubName, tunnelName } from '../names.ts';
import { raiseStubs } from '../raise-stubs.ts';
import { removeAll, type Step } from '../remove-all.ts';
import { isCarried, stubChanges, stubsOf, tunnelsOf } from '../stubs.ts';
import { unguardTunnels } from '../tunnel-guard.ts';
import { type Attached, attach, attachedOf, type Net } from './attach.ts';
import type { Carrier } from './carrier.ts';
import { entryChanges, ownIn } from './entries.ts';
import { type Maps, mapNames, readMaps } from './maps.ts';
import { OwnPrograms } from './own-programs.ts';
import { Program, programNames } from './program.ts';
import { tcBatch } from './tc.ts';
import { Uplink } from './uplink.ts';

/**
 * The edge by programs in the kernel. Carriers share maps and places: one takes the other's place, with all that was counted,
 * by applying.
 */
export class EbpfEdge implements Edge {
  readonly #uplink: string;
  readonly #carrier: Carrier;
  readonly #bpffs: string;
  readonly #folder: string;
  readonly programs: OwnPrograms;
  readonly #turns = new Turns();
  /** What was applied last, and on which uplink. */
  #applied: { readonly ports: readonly IngressPort[]; readonly uplink: Link } | undefined;

  constructor({ uplink, folder, programs }: Omit<EdgeSettings<unknown>, 'options'>, carrier: Carrier) {
    this.#uplink = uplink;
    this.#carrier = carrier;
    this.#bpffs = path.join(folder, 'bpf');
    this.#folder = path.join(this.#bpffs, 'nve');
    this.programs = new OwnPrograms({
      pins: path.join(this.#bpffs, 'own'),
      folder: path.join(folder, 'own'),
      programs,
    });
  }

  get overhead(): number {
    return this.#carrier.overhead;
  }

  get isOverIp(): boolean {
    return this.#carrier.tunnels !== undefined;
  }

  apply(all: readonly IngressPort[]): Promise<Refused> {
    return this.#turns.take('edge', () => this.#apply(all));
  }

  async #apply(all: readonly IngressPort[]): Promise<Refused> {
    const { overhead, tunnels } = this.#carrier;
    let links = await this.#links();
    const found = checkPorts(all, this.#uplink, links, overhead, this.isOverIp);
    await mountBpffs(this.#bpffs);
    const program = this.#program();
    await program.load();
    const refused = await this.programs.load(all);
    // No frame is to go past a program that its network never had.
    const ports = all.filter(
      (port) => !refused.has(port.network) || this.programs.has(port) || isCarried(port, links),
    );
    const changes = [
      ...stubChanges(ports, links),
      ...(tunnels ? await tunnels.changes(ports, links, found) : []),
    ];
    await tunnels?.guard(ports, found);
    if (changes.length > 0) {
      await ipBatch(host, changes);
      links = await this.#links();
    }
    await tunnels?.lead(ports);
    const { maps, attached } = await observe(program);
    const isHeld = tunnels === undefined && maps.uplink.ifindex === found.ifindex;
    const former = links.find(({ ifindex }) => ifindex === maps.uplink.ifindex);
    if (former && !isHeld) await new Uplink(former, program, maps.uplink.made).leave();
    const uplink = new Uplink(found, program, isHeld ? maps.uplink.made : undefined);
    const indices = new Map(links.map(({ ifname, ifindex }) => [ifname, ifindex]));
    const indexOf = (name: string) => indices.get(name) ?? 0;
    const egressOf = (vlan: number) => (tunnels ? indexOf(tunnelName(vlan)) : found.ifindex);
    // Before what they have not passed is dropped.
    await this.programs.hang(ports, indexOf, program.program('begin'));
    const own = this.programs.toWire(ports);
    const layout = { egressOf, indexOf, hasTunnels: tunnels !== undefined };
    const bringAbout = (has: Maps, own: ReadonlySet<number>) =>
      bpftoolBatch(entryChanges(ports, { ...layout, own }, has, (map) => program.map(map)));
    const before = ownIn(maps);
    await bringAbout(maps, new Set([...own].filter((vlan) => before.has(vlan))));
    await tcBatch(
      hooksOf(ports, tunnels !== undefined)
        .filter(({ dev }) => indexOf(dev) > 0)
        .filter(({ dev, hook, name }) => attached.get(`${indexOf(dev)}/${hook}`) !== name)
        .flatMap(({ dev, hook, name }) => [ownQdisc(dev), attach(dev, hook, program.program(name))]),
    );
    // An earlier version of the programs, which hung there until now, may not know what is said by that.
    if ([...own].some((vlan) => !before.has(vlan))) await bringAbout(await mapsOf(program), own);
    await this.programs.takeOff(ports, indexOf);
    await raiseStubs(links);
    // At last, when each network has somewhere to go.
    if (!tunnels) await uplink.hold(attached.get(`${found.ifindex}/ingress`) === 'from_wire');
    const surplus = tunnels ? [] : tunnelsOf(links).map(({ ifname }) => `link del ${ifname}`);
    await ipBatch(host, surplus);
    if (surplus.length > 0) await unguardTunnels({ table: guardTable });
    program.forgetOthers();
    this.#applied = { ports, uplink: found };
    return refused;
  }

  async underlay(): Promise<Underlay> {
    return (await this.#carrier.tunnels?.underlay(this.#uplink)) ?? [];
  }

  meet(hosts: readonly Underlay[]): Promise<void> {
    return this.#turns.take('edge', async () => {
      const { tunnels } = this.#carrier;
      tunnels?.meet(hosts);
      if (!tunnels || !this.#applied) return;
      const { ports, uplink } = this.#applied;
      await tunnels.guard(ports, uplink);
      await tunnels.lead(ports);
    });
  }

  #program(): Program {
    return new Program(this.#folder, objectFile(this.#carrier.program));
  }

  counters(): Promise<readonly PortCounters[]> {
    return this.#turns.take('edge', async () => {
      const program = this.#program();
      if (!program.hasMaps) return [];
      const [maps, links, filtered] = await Promise.all([
        mapsOf(program),
        this.#links(),
        this.programs.filtered(),
      ]);
      return [...maps.counted].map(([vlan, { to_wire, from_wire }]) => {
        const { toWire, fromWire } = lost(vlan, links);
        const own = filtered.get(vlan);
        return {
          vlan,
          toWire: withLost(to_wire, toWire, own?.to_wire),
          fromWire: withLost(from_wire, fromWire, own?.from_wire),
        };
      });
    });
  }

  stop(): Promise<void> {
    return this.#turns.take('edge', async () => {
      this.#applied = undefined;
      const links = await this.#links();
      const program = this.#program();
      const own = [...stubsOf(links), ...tunnelsOf(links)].map(({ ifname }) => `link del ${ifname}`);
      const steps: Step[] = [() => ipBatch(host, own), () => unguardTunnels({ table: guardTable })];
      // Without the notes of what it has changed there, only its program is its own for sure.
      const { ifindex, made } = program.hasMaps ? (await mapsOf(program)).uplink : { ifindex: 0, made: 0 };
      const isUplink = (link: Link) =>
        ifindex > 0 ? link.ifindex === ifindex : link.ifname === this.#uplink;
      const found = links.find(isUplink);
      if (found) steps.push(() => new Uplink(found, program, made).release());
      await removeAll([
        ...steps,
        () => program.unload(),
        () => this.programs.remove(),
        () => unmountBpffs(this.#bpffs),
      ]);
    });
  }

  #links(): Promise<Link[]> {
    return ipJson<Link>(host, ['-s', 'link', 'show']);
  }
}

function withLost(counted: Passed, lost: number, filtered?: number): Passed {
  return {
    ...counted,
    dropped: counted.dropped + lost + (filtered ?? 0),
    ...(filtered !== undefined && { filtered }),
  };
}

/** Where programs hang, besides on the uplink. */
function hooksOf(ports: readonly IngressPort[], hasTunnels: boolean) {
  return ports.flatMap(({ vlan }) => [
    { dev: stubName(vlan), hook: 'ingress' as const, name: 'to_wire' as const },
    { dev: portName(vlan), hook: 'egress' as const, name: 'to_wire' as const },
    ...(hasTunnels ? [{ dev: tunnelName(vlan), hook: 'ingress' as const, name: 'from_wire' as const }] : []),
  ]);
}

/** By one look: what the maps hold, and where the programs hang. */
async function observe(program: Program): Promise<{ maps: Maps; attached: Attached }> {
  const [net, toWire, fromWire, ...dumps] = await bpftoolBatch([
    'net show',
    ...programNames.map((name) => `prog show pinned ${program.program(name)}`),
    ...dumpsOf(program),
  ]);
  const idOf = (shown: unknown) => (shown as { id: number }).id;
  const ids = { to_wire: idOf(toWire), from_wire: idOf(fromWire) };
  return { maps: readMaps(dumps), attached: attachedOf(net as Net[], ids) };
}

/** The same of the maps alone, whichever version of the programs uses them. */
async function mapsOf(program: Program): Promise<Maps> {
  return readMaps(await bpftoolBatch(dumpsOf(program)));
}

function dumpsOf(program: Program): string[] {
  return mapNames.map((name) => dump(program.map(name)));
}
