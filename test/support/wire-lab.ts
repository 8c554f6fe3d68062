import { execFileSync } from 'node:child_process';
import type { FirewallRules } from '../../src/networks/path/firewall/rules.ts';
import { Told } from './told.ts';
import type { LabOrder } from './wire-lab-process.ts';

const prefix = `hwire${process.pid}`;
const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

function macOf(number: number, net: number): string {
  return `02:00:00:00:0${net}:${number.toString(16).padStart(2, '0')}`;
}

/** One on the lab's networks. */
export class LabPod {
  readonly mac: string;
  readonly #socket: Told;
  readonly name: string;
  readonly number: number;

  readonly #net: number;

  constructor(name: string, number: number, net = 1, device = 'eth0') {
    this.name = name;
    this.number = number;
    this.#net = net;
    this.mac = macOf(number, net);
    this.#socket = new Told(`${prefix}-${name}`, 'raw-socket-process.ts', device);
  }

  /** Process in its namespace. */
  get pid(): number {
    return this.#socket.child.pid ?? 0;
  }

  get ipv4(): string {
    return `10.99.${this.#net}.${this.number}`;
  }

  get ipv6(): string {
    return `fd99:${this.#net}::${this.number.toString(16)}`;
  }

  async send(frame: Buffer): Promise<void> {
    await this.#socket.tell({ send: frame.toString('hex') });
  }

  /** Frames with each of these texts in them that have arrived since it was asked last. */
  async heardAll(texts: readonly (string | Buffer)[]): Promise<number[]> {
    const heard = texts.map((text) => Buffer.from(text as string).toString('hex'));
    return JSON.parse(await this.#socket.tell({ heard })) as number[];
  }

  end(): void {
    this.#socket.child.kill();
  }
}

/**
 * Two bridges `front` and `back` on a host of their own, all in network namespaces: `web` and `mal` at the front, `far` at
 * the back, and `db` at both, behind a firewall that stands in the wire as the node puts it there.
 */
export class WireLab {
  readonly pods: Readonly<Record<'db' | 'web' | 'mal' | 'far' | 'fn', LabPod>>;
  readonly #host: Told;
  readonly #networks = ['front', 'back'];

  constructor() {
    for (const name of ['host', 'db', 'web', 'mal', 'far', 'fn']) {
      ip('netns', 'add', `${prefix}-${name}`);
      ip('-n', `${prefix}-${name}`, 'link', 'set', 'lo', 'up');
    }
    for (const [index, bridge] of this.#networks.entries()) {
      const net = index + 1;
      ip('-n', `${prefix}-host`, 'link', 'add', bridge, 'type', 'bridge');
      ip('-n', `${prefix}-host`, 'address', 'add', `10.99.${net}.1/24`, 'dev', bridge);
      ip('-n', `${prefix}-host`, 'address', 'add', `fd99:${net}::1/64`, 'dev', bridge, 'nodad');
      ip('-n', `${prefix}-host`, 'link', 'set', bridge, 'up');
    }
    const numbers = { db: 10, web: 11, mal: 13, far: 14 };
    for (const [name, number] of Object.entries(numbers)) {
      if (name !== 'far') this.#attach(name, number, 'eth0', 0);
    }
    this.#attach('db', numbers.db, 'eth1', 1);
    this.#attach('far', numbers.far, 'eth0', 1);
    this.pods = {
      db: new LabPod('db', numbers.db),
      web: new LabPod('web', numbers.web),
      mal: new LabPod('mal', numbers.mal),
      far: new LabPod('far', numbers.far, 2),
      fn: new LabPod('fn', 99, 1, 'lo'),
    };
    this.#host = new Told(`${prefix}-host`, 'wire-lab-process.ts');
  }

  /** Puts the firewall around `db` in place; rules know `web` while it is there. */
  async guard(rules: FirewallRules, isWebThere = true): Promise<void> {
    const { web } = this.pods;
    const front = isWebThere
      ? [{ service: 'web', mac: web.mac, ipv4: web.ipv4, ipv6: web.ipv6, pid: web.pid }]
      : [];
    await this.#host.tell(this.#order(rules, { front }));
  }

  /** Runs `ip` in the namespace of a pod, as one with NET_ADMIN there may, or on the host. */
  ip(where: 'db' | 'host', ...args: readonly string[]): string {
    return ip('-n', `${prefix}-${where}`, ...args);
  }

  /** Gives `db` an interface that stands on the bridge `front` itself, and not behind its firewall. */
  addMacvlan(): void {
    this.ip('host', 'link', 'add', 'mv0', 'link', 'front', 'type', 'macvlan', 'mode', 'bridge');
    this.ip('host', 'link', 'set', 'mv0', 'netns', `${prefix}-db`);
  }

  #order(rules: FirewallRules, neighbours: LabOrder['neighbours'], release = false): LabOrder {
    const { db, fn } = this.pods;
    const ends = {
      project: prefix,
      pod: 'db',
      pid: db.pid,
      functions: [{ name: `${prefix}.firewall`, pid: fn.pid }],
    };
    const own = {
      front: { mac: db.mac, ipv4: [db.ipv4], ipv6: [db.ipv6] },
      back: { mac: macOf(db.number, 2), ipv4: ['10.99.2.10'], ipv6: ['fd99:2::a'] },
    };
    return { ends, rules, own, neighbours, release };
  }

  #attach(name: string, number: number, device: string, network: number): void {
    const [port, inside] = [`${name}${network}`, `${prefix}-${name}`];
    const net = network + 1;
    const mac = macOf(number, net);
    const peer = ['peer', 'name', device, 'address', mac, 'netns', inside];
    ip('-n', `${prefix}-host`, 'link', 'add', port, 'type', 'veth', ...peer);
    // The lowest address of all ports, which the bridge takes for its own.
    if (name === 'db') ip('-n', `${prefix}-host`, 'link', 'set', port, 'address', `00:00:5e:00:53:0${net}`);
    ip('-n', `${prefix}-host`, 'link', 'set', port, 'master', this.#networks[network] ?? '', 'up');
    ip('-n', inside, 'address', 'add', `10.99.${net}.${number}/24`, 'dev', device);
    ip('-n', inside, 'address', 'add', `fd99:${net}::${number.toString(16)}/64`, 'dev', device, 'nodad');
    ip('-n', inside, 'link', 'set', device, 'up');
  }

  async remove(): Promise<void> {
    await this.#host.tell(this.#order({ ingress: [], egress: [], log: 'none' }, {}, true));
    this.#host.child.kill();
    for (const pod of Object.values(this.pods)) pod.end();
    for (const name of ['host', 'db', 'web', 'mal', 'far', 'fn']) ip('netns', 'del', `${prefix}-${name}`);
  }
}
