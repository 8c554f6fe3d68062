import { bpftool } from '../../bpf/bpftool.ts';
import type { Hook } from '../../bpf/hook.ts';
import { words } from '../../bpf/words.ts';
import { ipBatch, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import { removeAll } from '../remove-all.ts';
import { attach, detach, hasIngress, isOwnFilter, type Qdisc, type TcFilter } from './attach.ts';
import { made } from './maps.ts';
import type { Program } from './program.ts';
import { tcBatch, tcJson } from './tc.ts';

/**
 * The edge on the host's interface to the physical network, which is not its own. What it changes there it notes in the
 * kernel before it does so, and takes back only that.
 */
export class Uplink {
  readonly #link: Link;
  readonly #program: Program;
  #made: number;
  #isNoted: boolean;

  /** `noted`: what the edge has changed there so far, if it was there before. */
  constructor(link: Link, program: Program, noted: number | undefined) {
    this.#link = link;
    this.#program = program;
    this.#made = noted ?? 0;
    this.#isNoted = noted !== undefined;
  }

  async hold(isAttached: boolean): Promise<void> {
    const dev = this.#link.ifname;
    const needsQdisc = !isAttached && !(await this.#hasIngress());
    // Frames to the tenants' addresses come in: a card lets none through that are not its own.
    const isPromiscuous = this.#link.flags.includes('PROMISC');
    await this.#note((needsQdisc ? made.qdisc : 0) | (isPromiscuous ? 0 : made.promiscuous));
    if (!isPromiscuous) await ipBatch(host, [`link set ${dev} promisc on`]);
    if (isAttached) return;
    const attached = attach(dev, 'ingress', this.#program.program('from_wire'));
    await tcBatch([...(needsQdisc ? [`qdisc add dev ${dev} clsact`] : []), attached]);
  }

  async release(): Promise<void> {
    const dev = this.#link.ifname;
    await removeAll([
      async () => {
        if ((await this.#filters('ingress')).some(isOwnFilter)) await tcBatch([detach(dev)]);
      },
      () => this.#removeQdisc(),
      async () => {
        if (this.#made & made.promiscuous) await ipBatch(host, [`link set ${dev} promisc off`]);
      },
    ]);
  }

  /** The edge goes on by another way. */
  async leave(): Promise<void> {
    await this.release();
    await this.#write(0, 0);
  }

  /** Somebody may have come to use what the edge has made. */
  async #removeQdisc(): Promise<void> {
    if (!(this.#made & made.qdisc)) return;
    const filters = await Promise.all([this.#filters('ingress'), this.#filters('egress')]);
    if (filters.flat().length > 0 || !(await this.#hasIngress())) return;
    await tcBatch([`qdisc del dev ${this.#link.ifname} clsact`]);
  }

  async #hasIngress(): Promise<boolean> {
    return hasIngress(await tcJson<Qdisc>(['qdisc', 'show', 'dev', this.#link.ifname]));
  }

  #filters(hook: Hook): Promise<TcFilter[]> {
    return tcJson<TcFilter>(['filter', 'show', 'dev', this.#link.ifname, hook]);
  }

  async #note(more: number): Promise<void> {
    const all = this.#made | more;
    if (this.#isNoted && all === this.#made) return;
    this.#made = all;
    this.#isNoted = true;
    await this.#write(this.#link.ifindex, all);
  }

  async #write(ifindex: number, changed: number): Promise<void> {
    const map = this.#program.map('uplinks');
    const entry = [
      'key',
      'hex',
      ...words(0).split(' '),
      'value',
      'hex',
      ...words(ifindex, changed).split(' '),
    ];
    await bpftool('map', 'update', 'pinned', map, ...entry);
  }
}
