import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { preceding } from '../../src/networks/bond/ovs/precedence.ts';
import type { BondStatus } from '../../src/networks/bond/status.ts';
import { type Outcome, type Running, TestHost } from './host.ts';
import { type Ovs, startOvs } from './ovs.ts';
import { until } from './until.ts';

const prefix = `hbond${process.pid}`;
const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });
const namespaces = { node: `${prefix}-n`, switch: `${prefix}-s`, wires: `${prefix}-w` } as const;
type Where = keyof typeof namespaces;

/** A node in a network namespace of its own, with an Open vSwitch of its own and no engine. */
class BondHost extends TestHost {
  readonly file = path.join(this.folder, 'node.yaml');
  #node: Running | undefined;

  constructor(ovs: string) {
    super({ OVS_RUNDIR: ovs });
  }

  /** `more`: settings besides. */
  async startNode(uplinks: object, more: object = {}): Promise<void> {
    const settings = { engine: 'none', metrics: 'off', uplinks, ...more };
    writeFileSync(this.file, JSON.stringify(settings), { mode: 0o600 });
    const node = this.running(...inside('node', [this.command, 'node', 'start', '--config', this.file]));
    this.#node = node;
    await until('the node answers', async () => {
      if (node.exitCode() !== null) throw new Error(node.printed());
      return (await this.heddle('node', 'status')).code === 0;
    });
  }

  async kill(): Promise<void> {
    await this.killNode();
    await this.#node?.end('SIGKILL');
    this.#node = undefined;
  }

  async end(): Promise<void> {
    await this.#node?.end();
    this.#node = undefined;
  }

  override nodeLog(): string {
    return this.#node?.printed() ?? '';
  }

  override run(program: string, args: readonly string[]): Promise<Outcome> {
    return super.run(...inside('node', [program, ...args]));
  }
}

/**
 * A host with links `eth1` and `eth2` to `sw1` and `sw2` of a switch, an Open vSwitch too, by wires that can be cut in the middle. What
 * the switch has behind itself is its own interface `sw`, `10.9.0.2`.
 */
export class BondLab {
  readonly #folder: string;
  readonly host: BondHost;
  readonly #ovs: Partial<Record<'node' | 'switch', Ovs>> = {};

  readonly links: number;
  readonly #out = new Set<number>();

  constructor(links = 2) {
    this.links = links;
    const folder = path.join('/tmp', prefix);
    this.#folder = folder;
    this.host = new BondHost(`${folder}/node`);
  }

  /** @param rate what each wire lets through, both ways, as tc(8) writes it; nothing: as much as comes */
  async start(rate?: string): Promise<void> {
    execFileSync('mkdir', ['-p', this.#folder]);
    for (const name of Object.values(namespaces)) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    for (const number of this.#numbers) this.#addWire(number, rate);
    for (const where of ['node', 'switch'] as const)
      this.#ovs[where] = await startOvs(`${this.#folder}/${where}`, namespaces[where]);
    await this.vsctl('add-br', 'sw', '--', 'set', 'bridge', 'sw', 'datapath_type=netdev');
    ip('-n', namespaces.switch, 'address', 'add', '10.9.0.2/24', 'dev', 'sw');
    ip('-n', namespaces.switch, 'link', 'set', 'sw', 'up');
    await this.group();
  }

  get #numbers(): readonly number[] {
    return Array.from({ length: this.links }, (_, index) => index + 1);
  }

  #addWire(number: number, rate: string | undefined): void {
    const { wires } = namespaces;
    ip('-n', wires, 'link', 'add', `br${number}`, 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    ip('-n', wires, 'link', 'set', `br${number}`, 'up');
    this.#addEnd('node', `eth${number}`, `n${number}`, number, rate);
    this.#addEnd('switch', `sw${number}`, `s${number}`, number, rate);
  }

  #addEnd(where: Where, inside: string, outside: string, number: number, rate: string | undefined): void {
    const { wires } = namespaces;
    const other = ['peer', 'name', inside, 'netns', namespaces[where]];
    ip('-n', wires, 'link', 'add', outside, 'type', 'veth', ...other);
    ip('-n', namespaces[where], 'link', 'set', inside, 'up');
    ip('-n', wires, 'link', 'set', outside, 'master', `br${number}`, 'up');
    // A wire carries what bridges keep to themselves: LACP (IEEE 802.1Q, table 8-1).
    ip('-n', wires, 'link', 'set', outside, 'type', 'bridge_slave', 'group_fwd_mask', '4');
    if (rate !== undefined) this.#slowDown(outside, rate);
  }

  /** What leaves the wire there does so at a rate; as in a switch, what keeps the network going goes first. */
  #slowDown(end: string, rate: string): void {
    for (const words of [`root handle 1: tbf rate ${rate} burst 64kb limit 1mb`, 'parent 1:1 pfifo_fast'])
      this.run('wires', 'tc', 'qdisc', 'add', 'dev', end, ...words.split(' '));
    this.run('wires', 'nft', preceding(end).join('\n'));
  }

  /** Takes the host's interface away, as a card that is unplugged. */
  unplug(number: number): void {
    ip('-n', namespaces.wires, 'link', 'del', `n${number}`);
  }

  /** Plugs one in, under the same name. */
  plug(number: number): void {
    this.#addEnd('node', `eth${number}`, `n${number}`, number, undefined);
  }

  /** Makes these ports of the switch one group of LACP, or what a test asks for. */
  async group(numbers = this.#numbers, bridge = 'sw', bfd = false): Promise<void> {
    const ports = numbers.map((number) => `sw${number}`);
    const asked = ['lacp=active', 'bond_mode=balance-tcp', 'other_config:lacp-time=fast'];
    const rebalance = 'other_config:bond-rebalance-interval=1000';
    for (const port of ports) this.#keepFromKernel(port);
    await this.vsctl('add-bond', bridge, `lag-${bridge}`, ...ports, ...asked, rebalance);
    if (!bfd) return;
    for (const port of ports)
      await this.vsctl('set', 'Interface', port, 'bfd:enable=true', 'bfd:min_tx=33', 'bfd:min_rx=33');
  }

  /** The switch's kernel would answer for itself at ports that a switch without a kernel's datapath reads beside it. */
  #keepFromKernel(port: string): void {
    const hook = `{ type filter hook ingress device "${port}" priority 0; policy drop; }`;
    this.run('switch', 'nft', `add table netdev lab; add chain netdev lab ${port} ${hook}`);
    this.run('switch', 'sh', '-c', `echo 1 >/proc/sys/net/ipv6/conf/${port}/disable_ipv6`);
  }

  /** Asks the switch. */
  vsctl(...args: readonly string[]): Promise<string> {
    return this.ovs('switch').ask('ovs-vsctl', ...args);
  }

  ovs(where: 'node' | 'switch'): Ovs {
    const found = this.#ovs[where];
    if (!found) throw new Error('it was not started');
    return found;
  }

  /** Whether the switch sends by all its links as well. */
  async isTaken(): Promise<boolean> {
    const { folder } = this.ovs('switch');
    const shown = ['-t', `${folder}/ovs-vswitchd.ctl`, 'bond/show', 'lag-sw'];
    return !/^(member|slave) .*: disabled$/m.test(await this.ovs('switch').ask('ovs-appctl', ...shown));
  }

  /** Puts each cable back that a test has left out, so that the next one tells of its own. */
  mend(): void {
    for (const number of this.#out) this.pull(number, false);
  }

  /** Takes a link's cable out, at both ends, or puts it back. */
  pull(number: number, isOut: boolean): void {
    this.#out[isOut ? 'add' : 'delete'](number);
    for (const end of [`n${number}`, `s${number}`])
      ip('-n', namespaces.wires, 'link', 'set', end, isOut ? 'down' : 'up');
  }

  /** Lets nothing through on a link, whose carriers stay. */
  silence(number: number, isSilent: boolean): void {
    const way = isSilent ? ['nomaster'] : ['master', `br${number}`];
    ip('-n', namespaces.wires, 'link', 'set', `n${number}`, ...way);
    if (!isSilent)
      ip('-n', namespaces.wires, 'link', 'set', `n${number}`, 'type', 'bridge_slave', 'group_fwd_mask', '4');
  }

  async bond(): Promise<BondStatus> {
    const { stdout, stderr } = await this.host.heddle('net', 'bond', 'bond0', '--format', 'json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as BondStatus;
  }

  /** Waits until the bond is so. */
  async becomes(what: string, isSo: (bond: BondStatus) => boolean): Promise<BondStatus> {
    let last: BondStatus | undefined;
    await until(what, async () => {
      last = await this.bond();
      if (!isSo(last)) throw new Error(`it is ${JSON.stringify(last)}`);
      return true;
    });
    return last as BondStatus;
  }

  run(where: Where, ...command: readonly string[]): string {
    return execFileSync(...inside(where, command), { encoding: 'utf8', stdio: 'pipe' });
  }

  /** The name of a namespace. */
  nameOf(where: Where): string {
    return namespaces[where];
  }

  async remove(): Promise<void> {
    await this.host.end();
    for (const ovs of Object.values(this.#ovs)) await ovs.stop();
    await this.host.remove();
    for (const name of Object.values(namespaces)) {
      for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean))
        process.kill(Number(pid), 'SIGKILL');
      ip('netns', 'del', name);
    }
    execFileSync('rm', ['-rf', this.#folder]);
  }
}

function inside(where: Where, [program = '', ...args]: readonly string[]): [string, string[]] {
  return ['nsenter', [`--net=/run/netns/${namespaces[where]}`, '--', program, ...args]];
}
