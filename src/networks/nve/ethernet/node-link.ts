import { bpftool, bpftoolBatch } from '../../bpf/bpftool.ts';
import { ownQdisc } from '../../bpf/hook.ts';
import { update } from '../../bpf/map-commands.ts';
import { words } from '../../bpf/words.ts';
import { inNamespace, ipBatch, ipJson, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { silence } from '../../linux/quiet.ts';
import { attach } from '../ebpf/attach.ts';

import type { Program } from '../ebpf/program.ts';
import { tcBatch } from '../ebpf/tc.ts';
import { marked, nodeLinkIn, ownNodeLink, taggedEnd, unfinished, wrappedEnd } from './node-ends.ts';

/** The veth at whose ends frames are wrapped and unwrapped. */
export class NodeLink {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** `address`: the node's own, on the wire. */
  async make(uplink: Link, address: string, longest: number): Promise<void> {
    const found = nodeLinkIn(await linksOf());
    if (!found.isWhole) {
      await drop(found.own);
      await create();
    }
    const links = await linksOf();
    const [tagged, wrapped] = [taggedEnd, wrappedEnd].map((end) =>
      links.find(({ ifname }) => ifname === end),
    );
    const [inner, outer] = [tagged?.ifindex ?? 0, wrapped?.ifindex ?? 0];
    const map = (name: string) => this.#program.map(name);
    await bpftoolBatch([
      update(map('station'), words(0), address.replaceAll(':', ' ')),
      update(map('ways'), words(outer), words(uplink.ifindex, 0)),
      update(map('ways'), words(uplink.ifindex), words(outer, 0)),
    ]);
    await this.#wrap(inner, 'unwrap', taggedEnd);
    await this.#wrap(outer, 'wrap', wrappedEnd);
    await tcBatch([ownQdisc(wrappedEnd), attach(wrappedEnd, 'ingress', this.#program.program('to_wire'))]);
    for (const end of [taggedEnd, wrappedEnd]) silence(end);
    await ipBatch(
      host,
      [taggedEnd, wrappedEnd].map((end) => `link set ${end} mtu ${longest} up`),
    );
  }

  /** Takes it away, if it is the edge's. */
  async remove(): Promise<void> {
    await drop(ownNodeLink(await linksOf()));
  }

  /** Programs for frames that nothing of the kernel has looked into yet; in place of another version without a gap. */
  async #wrap(ifindex: number, name: string, dev: string): Promise<void> {
    const pinned = this.#program.program(name);
    const { id } = await bpftool<{ id: number }>('prog', 'show', 'pinned', pinned);
    const [net] = await bpftool<{ xdp: { ifindex: number; id: number }[] }[]>('net');
    if (net?.xdp.some((one) => one.ifindex === ifindex && one.id === id)) return;
    await inNamespace(host, ['ip', '-force', 'link', 'set', 'dev', dev, 'xdpdrv', 'pinned', pinned]);
  }
}

function linksOf(): Promise<Link[]> {
  return ipJson<Link>(host, ['link', 'show']);
}

async function drop(end: string | undefined): Promise<void> {
  if (end !== undefined) await ipBatch(host, [`link del ${end}`]);
}

/** Whole only when frames leave it as they are on a wire: no card could cut what is wrapped. */
async function create(): Promise<void> {
  await ipBatch(host, [
    `link add ${taggedEnd} type veth peer name ${wrappedEnd}`,
    `link set ${taggedEnd} alias "${unfinished}"`,
  ]);
  await inNamespace(host, ['ethtool', '-K', taggedEnd, 'tx', 'off', 'txvlan', 'off']);
  await ipBatch(host, [
    `link set ${taggedEnd} addrgenmode none`,
    `link set ${wrappedEnd} addrgenmode none`,
    `link set ${taggedEnd} alias "${marked}"`,
  ]);
}
