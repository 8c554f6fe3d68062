import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Running, TestHost } from './host.ts';
import { until } from './until.ts';

export const domain = 'edge.internal';

/** A DNS server that serves the zone on loopback, in a folder of its own. */
export class PrimaryServer {
  readonly program: 'named' | 'knotd';
  readonly port: number;
  readonly keyFile: string;
  readonly #host: TestHost;
  readonly #folder: string;
  #running: Running | undefined;

  /** @param zone what is in its zone before anybody changes it, beside the SOA */
  constructor(host: TestHost, program: 'named' | 'knotd', port: number, zone: string) {
    this.#host = host;
    this.program = program;
    this.port = port;
    this.#folder = path.join(host.folder, program);
    this.keyFile = path.join(this.#folder, 'heddle.key');
    mkdirSync(this.#folder);
    const soa = `@ 30 SOA ns.${domain}. hostmaster.${domain}. 1 60 10 604800 2`;
    this.#write('zone', `$ORIGIN ${domain}.\n${soa}\n${zone}\n`);
  }

  /** Makes its key, and answers. */
  async start(): Promise<void> {
    const { stdout: key } = await this.#host.run('tsig-keygen', ['-a', 'hmac-sha256', 'heddle']);
    this.#write('heddle.key', key);
    await this.restart();
  }

  async restart(): Promise<void> {
    const folder = this.#folder;
    if (this.program === 'named') {
      this.#write('named.conf', this.#bind());
      this.#running = this.#host.launch('named', ['-g', '-c', path.join(folder, 'named.conf')]);
    } else {
      this.#write('knot.conf', this.#knot());
      this.#running = this.#host.launch('knotd', ['-c', path.join(folder, 'knot.conf')]);
    }
    await until(`${this.program} answers`, async () => (await this.ask(domain, 'SOA')).length > 0);
  }

  async end(): Promise<void> {
    await this.#running?.end();
  }

  /** What it has of a name and type. */
  async ask(name: string, type: string): Promise<string[]> {
    return (await this.dig('+short', name, type)).split('\n').filter(Boolean).sort();
  }

  async dig(...args: readonly string[]): Promise<string> {
    const where = ['@127.0.0.1', '-p', String(this.port), '+retry=0', '+timeout=2'];
    const { code, stdout, stderr } = await this.#host.run('kdig', [...where, ...args]);
    if (code !== 0) throw new Error(`kdig ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Somebody else changes the zone: `add NAME TTL TYPE DATA`, `del NAME TYPE`. */
  async change(...commands: readonly string[]): Promise<void> {
    const server = [`server 127.0.0.1 ${this.port}`, `zone ${domain}.`];
    const file = this.#write('change', [...server, ...commands, 'send', ''].join('\n'));
    const key = `hmac-sha256:heddle:${this.#secret()}`;
    const { code, stdout, stderr } = await this.#host.run('knsupdate', ['-y', key, file]);
    if (code !== 0 || /error|fail/i.test(stdout + stderr)) throw new Error(`knsupdate: ${stdout}${stderr}`);
  }

  #secret(): string {
    return /secret "(.*)"/.exec(readFileSync(this.keyFile, 'utf8'))?.[1] ?? '';
  }

  #write(name: string, text: string): string {
    const file = path.join(this.#folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  #bind(): string {
    const folder = this.#folder;
    return `
include "${this.keyFile}";
options {
  directory "${folder}"; pid-file none; session-keyfile none; recursion no; dnssec-validation no;
  listen-on port ${this.port} { 127.0.0.1; }; listen-on-v6 { none; };
};
controls { };
zone "${domain}" {
  type primary; file "zone";
  allow-update { key "heddle"; }; allow-transfer { key "heddle"; };
};`;
  }

  #knot(): string {
    const folder = this.#folder;
    return `
server:
  rundir: ${folder}
  listen: 127.0.0.1@${this.port}
log:
  - target: stderr
    any: info
database:
  storage: ${folder}
key:
  - id: heddle
    algorithm: hmac-sha256
    secret: "${this.#secret()}"
acl:
  - id: heddle
    key: heddle
    action: [transfer, update]
zone:
  - domain: ${domain}
    storage: ${folder}
    file: zone
    acl: heddle
`;
  }
}
