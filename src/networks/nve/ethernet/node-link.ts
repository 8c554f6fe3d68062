import { existsSync, writeFileSync } from 'node:fs';
import { inNamespace, ipBatch, ipJson, type Link } from '../../ip.ts';
import { host, isAbsent } from '../../linux/links.ts';
import { aliasOf, isOwn } from '../../linux/names.ts';
import { attach, ownQdisc } from '../ebpf/attach.ts';
import { bpftool, bpftoolBatch } from '../ebpf/bpftool.ts';
import { words } from '../ebpf/maps.ts';
import type { Program } from '../ebpf/program.ts';
import { tcBatch } from '../ebpf/tc.ts';
import { ipv6Switch } from '../stubs.ts';

/** Where frames are tagged, and where they are wrapped: the ends of a veth. */
export const [taggedEnd, wrappedEnd] = ['hnode0', 'hnode1'] as const;
const owner = 'edge';

/** The veth at whose ends frames are wrapped and unwrapped. */
export class NodeLink {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** `address`: the node's own, on the wire. */
  async make(uplink: Link, address: string, longest: number): Promise<void> {
    const found = (await ends())[0];
    if (found && !isOwn(found.ifalias, owner)) await this.remove();
    if (!found || !isOwn(found.ifalias, owner)) await create();
    const [tagged, wrapped] = await ends();
    const [inner, outer] = [tagged?.ifindex ?? 0, wrapped?.ifindex ?? 0];
    const map = (name: string) => `map update pinned ${this.#program.map(name)}`;
    await bpftoolBatch([
      `${map('station')} key hex ${words(0)} value hex ${address.replaceAll(':', ' ')}`,
      `${map('ways')} key hex ${words(outer)} value hex ${words(uplink.ifindex, 0)}`,
      `${map('ways')} key hex ${words(uplink.ifindex)} value hex ${words(outer, 0)}`,
    ]);
    await this.#wrap(inner, 'unwrap', taggedEnd);
    await this.#wrap(outer, 'wrap', wrappedEnd);
    await tcBatch([ownQdisc(wrappedEnd), attach(wrappedEnd, 'ingress', this.#program.program('to_wire'))]);
    for (const file of [taggedEnd, wrappedEnd].map(ipv6Switch))
      if (existsSync(file)) writeFileSync(file, '1');
    await ipBatch(
      host,
      [taggedEnd, wrappedEnd].map((end) => `link set ${end} mtu ${longest} up`),
    );
  }

  async remove(): Promise<void> {
    if ((await ends()).length > 0) await ipBatch(host, [`link del ${taggedEnd}`]);
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

async function ends(): Promise<Link[]> {
  try {
    const found = await Promise.all(
      [taggedEnd, wrappedEnd].map((end) => ipJson<Link>(host, ['link', 'show', 'dev', end])),
    );
    return found.flat();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Marked at last, when frames leave it as they are on a wire: no card could cut what is wrapped. */
async function create(): Promise<void> {
  await ipBatch(host, [`link add ${taggedEnd} type veth peer name ${wrappedEnd}`]);
  await inNamespace(host, ['ethtool', '-K', taggedEnd, 'tx', 'off', 'txvlan', 'off']);
  await ipBatch(host, [
    `link set ${taggedEnd} addrgenmode none`,
    `link set ${wrappedEnd} addrgenmode none`,
    `link set ${taggedEnd} alias "${aliasOf('ingress', owner, 'nodes')}"`,
  ]);
}
