import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IngressPort } from '../../src/networks/nve/edge.ts';
import { portName } from '../../src/networks/nve/names.ts';
import { type EdgeKind, underlay } from '../../test/support/nve-lab.ts';
import { type Ovs, openVswitchIn, startOvs } from '../../test/support/ovs.ts';
import { Told } from '../../test/support/told.ts';
import { until } from '../../test/support/until.ts';
import { printed } from './printed.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });
const port: IngressPort = { vlan: 100, network: 'bench0000000', name: 'bench', mtu: 1500 };
const server = '10.98.0.2';

/** What iperf3 says of one. */
export interface Stream {
  readonly bits_per_second: number;
  readonly lost_percent?: number | undefined;
  readonly jitter_ms?: number | undefined;
}

/**
 * From a pod on one host to a pod on another, in namespaces: bridges on both, and between them a wire that hangs on them
 * itself, or on an edge of a driver's.
 */
export class EdgePath {
  readonly #prefix: string;
  readonly #folders: string[] = [];
  readonly #edges: Told[] = [];
  readonly #switches: Ovs[] = [];
  #server: ChildProcess | undefined;

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** `kind`: none for plain bridges. */
  static async start(name: string, kind?: EdgeKind): Promise<EdgePath> {
    const lane = new EdgePath(`hbench${process.pid}${name}`);
    const [one, two] = [lane.#host(1), lane.#host(2)];
    for (const host of [1, 2]) for (const ns of [lane.#host(host), lane.#pod(host)]) ip('netns', 'add', ns);
    const mtu = ['mtu', String(port.mtu + (kind?.overhead ?? 0))];
    ip('-n', one, 'link', 'add', 'upl', ...mtu, 'type', 'veth', 'peer', 'name', 'upl', ...mtu, 'netns', two);
    for (const host of [1, 2]) await lane.#makeHost(host, kind);
    const iperf3 = [`--net=/run/netns/${lane.#pod(2)}`, '--', 'iperf3', '-s'];
    lane.#server = spawn('nsenter', iperf3, { stdio: 'ignore' });
    await until('a stream passes', async () => (await lane.stream('-n', '1M')).bits_per_second > 0);
    return lane;
  }

  async #makeHost(number: number, kind: EdgeKind | undefined): Promise<void> {
    const [host, pod] = [this.#host(number), this.#pod(number)];
    const inside = ['peer', 'name', 'eth0', 'netns', pod];
    ip('-n', host, 'link', 'set', 'upl', 'up');
    ip('-n', host, 'link', 'add', 'bridge0', 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    ip('-n', host, 'link', 'set', 'bridge0', 'up');
    ip('-n', host, 'link', 'add', 'pod', 'type', 'veth', ...inside);
    ip('-n', host, 'link', 'set', 'pod', 'master', 'bridge0', 'up');
    ip('-n', pod, 'address', 'add', `10.98.0.${number}/24`, 'dev', 'eth0');
    ip('-n', pod, 'link', 'set', 'eth0', 'up');
    let uplink = 'upl';
    if (kind) {
      ip('-n', host, 'address', 'add', `${underlay.ipv4(number)}/24`, 'dev', 'upl');
      const folder = mkdtempSync(path.join(tmpdir(), 'heddle-bench-nve-'));
      this.#folders.push(folder);
      if (kind.needsOpenVswitch) this.#switches.push(await startOvs(openVswitchIn(folder), host));
      const options = JSON.stringify(kind.options?.(number) ?? {});
      const edge = new Told(host, 'nve-process.ts', kind.driver, 'upl', folder, options);
      this.#edges.push(edge);
      const { error } = JSON.parse(await edge.tell({ apply: [port] }));
      if (error !== undefined) throw new Error(error);
      uplink = portName(port.vlan);
    }
    ip('-n', host, 'link', 'set', uplink, 'master', 'bridge0', 'up');
  }

  /** One measurement of iperf3's, with these options, as the server has it. */
  async stream(...options: readonly string[]): Promise<Stream> {
    const client = ['iperf3', '-c', server, '-J', '--connect-timeout', '1000', ...options];
    const text = await printed('nsenter', [`--net=/run/netns/${this.#pod(1)}`, '--', ...client]);
    const { error, end } = JSON.parse(text);
    if (error !== undefined) throw new Error(error);
    return end.sum_received ?? end.sum;
  }

  async remove(): Promise<void> {
    this.#server?.kill();
    for (const edge of this.#edges) {
      await edge.tell({ stop: true });
      await edge.end();
    }
    for (const one of this.#switches) await one.stop();
    for (const host of [1, 2]) for (const ns of [this.#host(host), this.#pod(host)]) ip('netns', 'del', ns);
    for (const folder of this.#folders) rmSync(folder, { recursive: true });
  }

  #host(number: number): string {
    return `${this.#prefix}-host${number}`;
  }

  #pod(number: number): string {
    return `${this.#prefix}-pod${number}`;
  }
}
