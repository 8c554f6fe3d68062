import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ask, Clients, exchange, type Target } from './edge-client.ts';
import { EdgeCopy } from './edge-copy.ts';
import { type Running, TestHost } from './host.ts';
import { until } from './until.ts';

export const gatewayAddress = '127.83.0.1';
const sites = `
sites:
  helsinki: { gateway: [${gatewayAddress}], location: { latitude: 60.17, longitude: 24.94 } }
  berlin: { gateway: [127.83.0.2], location: { latitude: 52.52, longitude: 13.4 } }
  madrid: { gateway: [127.83.0.3], location: { latitude: 40.42, longitude: -3.7 } }
nodes:
  h1: { site: helsinki, addresses: [127.83.1.1] }
  b1: { site: berlin, addresses: [127.83.2.1] }
  m1: { site: madrid, addresses: [127.83.3.1] }
services:
`;
/** By name: the first letter is the site's. */
const addresses = { h1: '127.83.1.1', h2: '127.83.1.2', b1: '127.83.2.1', m1: '127.83.3.1' };
export type CopyName = keyof typeof addresses;

export const http = '{ port: 80, application: http }';
export const stream = (port: number) => `{ port: ${port} }`;

/** A service with one port, as the edge file has it. */
export function service(name: string, port: string, ...names: readonly CopyName[]): string {
  const copies = names.map(
    (one) => `{ id: ${one}, node: ${one[0]}1, address: ${addresses[one]}, ports: { main: 8080 } }`,
  );
  return `  shop/${name}: { ports: { main: ${port} }, copies: [${copies.join(', ')}] }\n`;
}

export const raw = service('raw', stream(7000), 'm1', 'b1');
export const askRaw = (port: number) => exchange(gatewayAddress, port, 'GET /raw HTTP/1.0\r\n\r\n');

/** A gateway with a proxy program, copies of services, and clients. */
export class ProxiedEdge {
  readonly program: string;
  readonly host = new TestHost();
  readonly file = path.join(this.host.folder, 'edge.yaml');
  readonly certificates = path.join(this.host.folder, 'certificates');
  readonly folder = path.join(this.host.stateDir, 'edge/helsinki/proxy');
  readonly copies = {
    h1: new EdgeCopy('h1', addresses.h1),
    h2: new EdgeCopy('h2', addresses.h2),
    b1: new EdgeCopy('b1', addresses.b1),
    m1: new EdgeCopy('m1', addresses.m1),
  };
  gateway!: Running;
  clients: Clients[] = [];

  readonly #more: readonly string[];

  /** @param more that the gateway is told */
  constructor(program: string, ...more: readonly string[]) {
    this.program = program;
    this.#more = more;
  }

  /** The gateway leads `web` to Berlin, and to Madrid after that. */
  async open(): Promise<void> {
    mkdirSync(this.certificates);
    this.certify(2);
    await Promise.all(Object.values(this.copies).map((one) => one.start()));
    this.write(service('web', http, 'b1', 'm1'), raw);
    this.start();
    await this.leadsTo('b1');
  }

  async close(): Promise<void> {
    await this.host.remove();
    await Promise.all(Object.values(this.copies).map((one) => one.kill()));
    await until('nothing is left', () => this.programs().length === 0);
  }

  write(...services: readonly string[]): void {
    writeFileSync(this.file, sites + services.join(''));
  }

  /** Writes what the file says now into another one, changed. */
  copyFile(file: string, change: (text: string) => string): void {
    writeFileSync(file, change(readFileSync(this.file, 'utf8')));
  }

  start(): void {
    const listen = ['--listen', `${gatewayAddress}:15353`];
    const proxy = ['--proxy', this.program, '--certificates', this.certificates];
    const site = ['--site', 'helsinki'];
    this.gateway = this.host.start(
      ...['edge', 'gateway', '-f', this.file],
      ...[...site, ...listen, ...proxy, ...this.#more],
    );
  }

  ask(target: Partial<Target> = {}) {
    return ask({ address: gatewayAddress, host: 'web.edge.internal', ...target });
  }

  /** The name of the copy that answers. */
  async who(target: Partial<Target> = {}): Promise<string> {
    return (await this.ask(target)).body.split(' ')[0] ?? '';
  }

  /** Returns how long that took, in milliseconds. */
  leadsTo(copy: string, target: Partial<Target> = {}): Promise<number> {
    return until(`${copy} answers`, async () => (await this.who(target)) === copy, undefined, 10);
  }

  /** Clients that ask without a pause. */
  load(): void {
    const target = { address: gatewayAddress, host: 'web.edge.internal' };
    this.clients = [new Clients(target, 4, false)];
    // A program that closes idle connections when it reads its configuration anew may do so just when a client begins to
    // write on one: HAProxy is told not to.
    if (this.program === 'haproxy') this.clients.push(new Clients(target, 4, true));
  }

  /** Waits until each kind of client has asked so many times more. */
  async more(count: number): Promise<void> {
    const total = () => Math.min(...this.clients.map((one) => one.total));
    const enough = total() + count;
    await until(`${count} more requests`, () => total() >= enough);
  }

  /** Ends the clients; what they missed. */
  async quiet(): Promise<string[]> {
    await Promise.all(this.clients.map((one) => one.stop()));
    return this.clients.flatMap(({ failures }) => failures);
  }

  /** Process ids of what was started for the gateway's folder. */
  programs(): number[] {
    return readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      const words = commandLine(pid);
      return words.startsWith(this.program) && words.includes(`${this.folder}/`) ? [Number(pid)] : [];
    });
  }

  certify(days: number): void {
    const [key, file] = ['key', 'cert'].map((name) => path.join(this.host.folder, name)) as [string, string];
    const name = '*.edge.internal';
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', String(days)];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const where = ['-keyout', key, '-out', file];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...where], { stdio: 'ignore' });
    const both = readFileSync(file, 'utf8') + readFileSync(key, 'utf8');
    writeFileSync(path.join(this.certificates, 'edge.pem'), both, { mode: 0o600 });
  }
}

/** Empty when the process is gone. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
