import path from 'node:path';
import { Turns } from '../../../lib/turns.ts';
import { mountBpffs } from '../../bpf/bpffs.ts';
import { bpftoolBatch } from '../../bpf/bpftool.ts';
import { dump } from '../../bpf/map-commands.ts';
import { objectFile } from '../../bpf/object-file.ts';
import { ipJson, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { checkPorts } from '../check.ts';
import { attachedOf, type Net } from '../ebpf/attach.ts';
import { EbpfEdge } from '../ebpf/ebpf-edge.ts';
import { mapNames, readMaps } from '../ebpf/maps.ts';
import { Program } from '../ebpf/program.ts';
import { Uplink } from '../ebpf/uplink.ts';
import type { Edge, EdgeSettings, IngressPort, PortCounters, Programs, Refused } from '../edge.ts';
import { removeAll, type Step } from '../remove-all.ts';
import { addressOf } from './address.ts';
import { taggedEnd } from './node-ends.ts';
import { NodeLink } from './node-link.ts';
import type { EthernetOptions } from './options.ts';

/** Bytes around a frame that the MTU of the uplink counts: the header, and that of the frame itself. */
const overhead = 4 + 14;
/** A tag of a tenant's own, and the network's. */
const tags = 8;

/** The edge over Ethernet alone: an edge with tags, whose uplink is a link of the node's own that wraps what is tagged. */
export class EthernetEdge implements Edge {
  readonly overhead = overhead;
  readonly #uplink: string;
  readonly #title: string;
  readonly #bpffs: string;
  readonly #tagging: EbpfEdge;
  readonly #turns = new Turns();

  constructor({ uplink, folder, programs, options }: EdgeSettings<EthernetOptions>) {
    this.#uplink = uplink;
    this.#title = options.title;
    this.#bpffs = path.join(folder, 'bpf');
    this.#tagging = new EbpfEdge({ uplink: taggedEnd, folder, programs }, { program: 'nve', overhead: 0 });
  }

  get programs(): Programs {
    return this.#tagging.programs;
  }

  apply(ports: readonly IngressPort[]): Promise<Refused> {
    return this.#turns.take('edge', async () => {
      const found = checkPorts(ports, this.#uplink, await linksOf(), overhead);
      await mountBpffs(this.#bpffs);
      const program = this.#program();
      await program.load();
      const noted = await notesOf(program);
      const isSame = noted.ifindex === found.ifindex;
      const before = (await linksOf()).find(({ ifindex }) => ifindex === noted.ifindex);
      if (before && !isSame) await new Uplink(before, program, noted.made).leave();
      await new NodeLink(program).make(found, addressOf(this.#title), found.mtu + tags);
      const refused = await this.#tagging.apply(ports);
      // At last, when each network has somewhere to go.
      const uplink = new Uplink(found, program, isSame ? noted.made : undefined);
      await uplink.hold(await this.#isHeld(program, found.ifindex));
      program.forgetOthers();
      return refused;
    });
  }

  counters(): Promise<readonly PortCounters[]> {
    return this.#tagging.counters();
  }

  stop(): Promise<void> {
    return this.#turns.take('edge', async () => {
      const program = this.#program();
      const noted = program.hasMaps ? await notesOf(program) : { ifindex: 0, made: 0 };
      const found = (await linksOf()).find(({ ifindex }) => ifindex === noted.ifindex);
      const steps: Step[] = found ? [() => new Uplink(found, program, noted.made).release()] : [];
      await removeAll([
        ...steps,
        () => program.unload(),
        () => this.#tagging.stop(),
        () => new NodeLink(program).remove(),
      ]);
    });
  }

  #program(): Program {
    return new Program(path.join(this.#bpffs, 'nodes'), objectFile('ethernet'), ['station', 'nodes']);
  }

  async #isHeld(program: Program, ifindex: number): Promise<boolean> {
    const pinned = program.program('from_wire');
    const [net, shown] = await bpftoolBatch(['net show', `prog show pinned ${pinned}`]);
    const { id } = shown as { id: number };
    return attachedOf(net as Net[], { from_wire: id, to_wire: 0 }).has(`${ifindex}/ingress`);
  }
}

/** What the edge has changed on the uplink. */
async function notesOf(program: Program): Promise<{ ifindex: number; made: number }> {
  const dumps = await bpftoolBatch(mapNames.map((name) => dump(program.map(name))));
  return readMaps(dumps).uplink;
}

function linksOf(): Promise<Link[]> {
  return ipJson<Link>(host, ['link', 'show']);
}
