import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Running, TestHost } from './host.ts';
import { until } from './until.ts';

/** Pebble, an ACME server, on loopback. It forgets all it knew when it ends, its root too. */
export class AcmeServer {
  readonly directory: string;
  /** Of its own HTTPS, which is not what it issues under. */
  readonly ca: string;
  readonly #host: TestHost;
  readonly #folder: string;
  readonly #port: number;
  #running: Running | undefined;

  /** @param port the next one is for asking what it signs with */
  constructor(host: TestHost, port: number) {
    this.#host = host;
    this.#port = port;
    this.directory = `https://127.0.0.1:${port}/dir`;
    this.#folder = path.join(host.folder, `acme-${port}`);
    this.ca = path.join(this.#folder, 'cert.pem');
    mkdirSync(this.#folder);
    const files = ['-keyout', path.join(this.#folder, 'key.pem'), '-out', this.ca];
    const subject = ['-subj', '/CN=acme', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'ignore' });
  }

  /**
   * @param dns where it asks for addresses
   * @param life seconds that its certificates hold
   * @param external accounts that it wants one of, with their keys
   */
  async start(dns: string, life: number, external?: Readonly<Record<string, string>>): Promise<void> {
    const pebble = {
      listenAddress: `127.0.0.1:${this.#port}`,
      managementListenAddress: `127.0.0.1:${this.#port + 1}`,
      certificate: this.ca,
      privateKey: path.join(this.#folder, 'key.pem'),
      httpPort: 80,
      tlsPort: 443,
      certificateValidityPeriod: life,
      ...(external && { externalAccountBindingRequired: true, externalAccountMACKeys: external }),
    };
    const file = path.join(this.#folder, 'config.json');
    writeFileSync(file, JSON.stringify({ pebble }));
    this.#running = this.#host.launch('pebble', ['-config', file, '-strict', '-dnsserver', dns]);
    await until('pebble answers', async () => (await this.#get(this.directory)).includes('newOrder'));
  }

  async end(): Promise<void> {
    await this.#running?.end();
  }

  printed(): string {
    return this.#running?.printed() ?? '';
  }

  /** The file with the root that it issues under now. */
  async root(): Promise<string> {
    const file = path.join(this.#folder, 'root.pem');
    writeFileSync(file, await this.#get(`https://127.0.0.1:${this.#port + 1}/roots/0`));
    return file;
  }

  async #get(url: string): Promise<string> {
    return (await this.#host.run('curl', ['-sSf', '--cacert', this.ca, url])).stdout;
  }
}
