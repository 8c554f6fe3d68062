import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Order } from './balanced-client.ts';
import { type Running, TestHost } from './host.ts';
import { installedCommand } from './installed.ts';
import { until } from './until.ts';

export const gateway = '10.84.1.1';
export const gateway6 = 'fd84:1::1';
/** The gateway's address on the copies' side. */
export const inner = '10.84.2.1';
export const copies = ['10.84.2.11', '10.84.2.12', '10.84.2.13', '10.84.2.14', '10.84.2.15'];
export const copies6 = ['fd84:2::11', 'fd84:2::12'];
const copyPort = 7000;
const metrics = '127.0.0.1:9851';

/** A gateway, its clients and the copies, each in a network namespace of its own, in a row. */
export class BalancedEdge {
  readonly host = new TestHost();
  readonly file = path.join(this.host.folder, 'edge.yaml');
  readonly #id = `heddle-test-${randomBytes(3).toString('hex')}`;
  readonly #made: string[] = [];
  #client: ChildProcessWithoutNullStreams | undefined;
  #answers!: AsyncIterator<string>;
  gateway!: Running;
  /** The first copy, a process of its own. */
  first!: Running;

  async open(): Promise<void> {
    for (const name of ['client', 'gateway', 'copies']) {
      this.#ip('netns', 'add', this.#netns(name));
      this.#made.push(this.#netns(name));
      this.inside(name, 'ip', 'link', 'set', 'lo', 'up');
    }
    this.#wire('client', ['10.84.1.2/24', 'fd84:1::2/64'], [`${gateway}/24`, `${gateway6}/64`]);
    const own = [...copies.map((one) => `${one}/24`), ...copies6.map((one) => `${one}/64`)];
    this.#wire('copies', own, [`${inner}/24`, 'fd84:2::1/64']);
    this.forward(1);
    const [first = '', ...rest] = copies;
    await this.listen('copies', copyPort, ...rest, ...copies6);
    this.first = await this.startCopy(first);
    const program = path.join(import.meta.dirname, 'balanced-client.ts');
    this.#client = spawn('nsenter', this.#within('client', process.execPath, program));
    this.#answers = createInterface(this.#client.stdout)[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    this.#client?.kill();
    try {
      await this.host.remove();
    } finally {
      for (const name of this.#made) this.#ip('netns', 'delete', name);
    }
  }

  /** Runs a program to its end in a namespace; what it printed. */
  inside(name: string, ...command: readonly string[]): string {
    return execFileSync('nsenter', this.#within(name, ...command), { encoding: 'utf8', stdio: 'pipe' });
  }

  forward(value: 0 | 1): void {
    for (const setting of ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'])
      this.inside('gateway', 'sysctl', '-qw', `${setting}=${value}`);
  }

  startCopy(address: string): Promise<Running> {
    return this.listen('copies', copyPort, address);
  }

  /** Services with these copies: one of TCP, one of UDP. */
  write(...names: readonly string[]): void {
    this.writeDraining([], ...names);
  }

  /** The same, with copies that are on their way out. */
  writeDraining(draining: readonly string[], ...names: readonly string[]): void {
    const at = [...draining, ...names].map(
      (one) =>
        `{ id: "${one}", node: h1, address: "${one}", draining: ${draining.includes(one)}, ports: { main: ${copyPort} } }`,
    );
    const port = (port: string) => `{ ports: { main: { ${port} } }, copies: [${at.join(', ')}] }`;
    writeFileSync(
      this.file,
      `sites:
  helsinki: { gateway: [${gateway}, "${gateway6}"] }
nodes:
  h1: { site: helsinki, addresses: [10.84.2.11] }
services:
  shop/sql: ${port('port: 5432, layer: 4')}
  shop/syslog: ${port('port: 514, protocol: udp')}
`,
    );
  }

  start(): void {
    this.gateway = this.host.launch('nsenter', this.#within('gateway', ...this.#gateway));
  }

  /** As root that may not configure networks, as in a container. */
  startWithoutRights(): void {
    const limited = ['setpriv', '--bounding-set', '-net_admin', ...this.#gateway];
    this.gateway = this.host.launch('nsenter', this.#within('gateway', ...limited));
  }

  get #gateway(): string[] {
    const options = ['--site', 'helsinki', '--proxy', 'none', '--metrics', metrics];
    return [installedCommand, 'edge', 'gateway', '-f', this.file, ...options];
  }

  /** Has the client do something; what came of it. */
  async order<T>(order: Order): Promise<T> {
    this.#client?.stdin.write(`${JSON.stringify(order)}\n`);
    const { value } = await this.#answers.next();
    return JSON.parse(value as string) as T;
  }

  /** The copies that answer a client at each of its ports. */
  async whoAnswers(
    protocol: 'tcp' | 'udp',
    from: readonly number[],
    to = gateway,
    timeout?: number,
  ): Promise<Record<string, string>> {
    const port = protocol === 'tcp' ? 5432 : 514;
    const answers = await this.order<Record<string, string>>({
      to,
      port,
      protocol,
      from,
      ...(timeout !== undefined && { timeout }),
    });
    return Object.fromEntries(
      Object.entries(answers).map(([own, answer]) => [own, answer.split(' ')[0] ?? '']),
    );
  }

  /** Opens a connection that stays; the copy it leads to. */
  async connect(): Promise<string> {
    return (await this.order<string>({ to: gateway, port: 5432, keep: true })).split(' ')[0] as string;
  }

  /** Says something on that connection; who answered. */
  async say(): Promise<string> {
    return (await this.order<string>({ say: true })).split(' ')[0] as string;
  }

  /** Waits until the rules lead to these copies and no other; how long that took, ms. */
  leadsTo(...names: readonly string[]): Promise<number> {
    return until(`the rules lead to ${names}`, () => {
      const map = this.inside('gateway', 'nft', 'list', 'map', 'inet', 'heddle-edge-helsinki', 'tcp-5432-ip');
      return [...new Set(map.match(/10\.84\.2\.\d+/g))].sort().join() === [...names].sort().join();
    });
  }

  /** Waits until the gateway has met so many copies of the TCP service: one that it never met, it does not judge. */
  async hasMet(count: number): Promise<void> {
    const known = `service="shop/sql",state="alive"} ${count}\n`;
    await until(`${count} copies are known to answer`, () =>
      this.inside('gateway', 'curl', '-s', '--max-time', '2', `http://${metrics}/metrics`).includes(known),
    );
  }

  /** Has copies of a service listen in a namespace. */
  async listen(name: string, port: number, ...addresses: readonly string[]): Promise<Running> {
    const program = path.join(import.meta.dirname, 'balanced-copies.ts');
    const running = this.host.launch(
      'nsenter',
      this.#within(name, process.execPath, program, String(port), ...addresses),
    );
    await until('they listen', () => running.printed().includes('ready'));
    return running;
  }

  #netns(name: string): string {
    return `${this.#id}-${name}`;
  }

  #within(name: string, ...command: readonly string[]): string[] {
    return [`--net=/run/netns/${this.#netns(name)}`, '--', ...command];
  }

  #ip(...args: readonly string[]): void {
    execFileSync('ip', args);
  }

  /** Joins a namespace to the gateway's, with addresses here and there. */
  #wire(name: string, here: readonly string[], there: readonly string[]): void {
    const [own, other] = [this.#netns(name), this.#netns('gateway')];
    this.#ip('-n', own, 'link', 'add', 'wire', 'type', 'veth', 'peer', name, 'netns', other);
    const ends = [
      { netns: own, device: 'wire', addresses: here },
      { netns: other, device: name, addresses: there },
    ];
    for (const { netns, device, addresses } of ends) {
      // An IPv6 address is not used before nobody else was found to have it, unless one says that nobody has.
      for (const one of addresses)
        this.#ip('-n', netns, 'address', 'add', one, 'dev', device, ...(one.includes(':') ? ['nodad'] : []));
      this.#ip('-n', netns, 'link', 'set', device, 'up');
    }
  }
}
