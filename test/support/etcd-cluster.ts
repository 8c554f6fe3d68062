import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Authority } from '../../src/edge/ca/authority.ts';
import { writeCredentials } from '../../src/edge/ca/credentials.ts';
import type { Running, TestHost } from './host.ts';
import { run } from './run.ts';
import { until } from './until.ts';

const members = [0, 1, 2] as const;
export type Member = (typeof members)[number];

/** Three members of etcd on this machine, which know their clients by certificates, and each other quickly. */
export class EtcdCluster {
  readonly #host: TestHost;
  readonly #first: number;
  readonly #running = new Map<Member, Running>();

  /** @param first of twelve ports */
  constructor(host: TestHost, first: number) {
    this.#host = host;
    this.#first = first;
  }

  /** Makes what members and clients are known by. */
  async certify(): Promise<void> {
    const authority = await Authority.create(this.#path('ca'));
    for (const name of ['broker', 'controller'])
      writeCredentials(this.#path(name), await authority.issue(name, ['127.0.0.1'], 1));
    const [root] = readdirSync(this.#path('ca')).filter((name) => name.endsWith('.key'));
    const { cert, key } = this.nameless;
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-subj',
          '/O=heddle',
        ],
        ...['-addext', 'basicConstraints=critical,CA:FALSE', '-days', '1', '-keyout', key, '-out', cert],
        ...['-CA', this.#path('ca/ca.crt'), '-CAkey', this.#path(`ca/${root}`)],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }

  /** With a certificate that has no CommonName: of those who have passwords etcd takes no other. */
  get nameless() {
    return { ...this.settings, cert: this.#path('nameless.pem'), key: this.#path('nameless.key') };
  }

  get settings() {
    const folder = this.#path('controller');
    return {
      endpoints: members.map((member) => `https://127.0.0.1:${this.#port(member)}`),
      ca: path.join(folder, 'ca.crt'),
      cert: path.join(folder, 'cert.pem'),
      key: path.join(folder, 'key.pem'),
    };
  }

  /** Where a member answers without TLS, for what looks into the traffic. */
  plain(member: Member): string {
    return `http://127.0.0.1:${this.#port(member) + 1}`;
  }

  async start(): Promise<void> {
    for (const member of members) this.launch(member);
    await this.answers(0);
  }

  launch(member: Member): void {
    const port = this.#port(member);
    const data = this.#path(`etcd-${member}`);
    mkdirSync(data, { recursive: true, mode: 0o700 });
    const client = `https://127.0.0.1:${port}`;
    const peer = (one: Member) => `http://127.0.0.1:${this.#port(one) + 2}`;
    const own = this.#path('broker');
    const args = {
      name: `m${member}`,
      'data-dir': data,
      'listen-client-urls': `${client},${this.plain(member)}`,
      'advertise-client-urls': client,
      'listen-peer-urls': peer(member),
      'initial-advertise-peer-urls': peer(member),
      'initial-cluster': members.map((one) => `m${one}=${peer(one)}`).join(),
      'heartbeat-interval': '50',
      'election-timeout': '500',
      'trusted-ca-file': path.join(own, 'ca.crt'),
      'cert-file': path.join(own, 'cert.pem'),
      'key-file': path.join(own, 'key.pem'),
    };
    const flags = Object.entries(args).flatMap(([name, value]) => [`--${name}`, value]);
    this.#running.set(member, this.#host.launch('etcd', [...flags, '--client-cert-auth']));
  }

  /** Until a member answers as one of the majority. */
  async answers(member: Member): Promise<void> {
    const isUp = async () =>
      (await run('curl', ['-sf', '-m', '1', `${this.plain(member)}/health`])).stdout.includes('true');
    await until('etcd answers', isUp);
  }

  /** What its administrator asks of it: over the gateway, without TLS. */
  async ask(path: string, body: object, token?: string): Promise<Record<string, unknown>> {
    const headers = token === undefined ? {} : { Authorization: token };
    const answered = await fetch(`${this.plain(0)}/v3/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const said = (await answered.json()) as Record<string, unknown>;
    if (!answered.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
    return said;
  }

  /** As a power cut does. Started again, it knows what it knew. */
  async kill(...those: readonly Member[]): Promise<void> {
    await Promise.all(those.map((member) => this.#running.get(member)?.end('SIGKILL')));
  }

  signal(member: Member, name: NodeJS.Signals): void {
    this.#running.get(member)?.signal(name);
  }

  #path(name: string): string {
    return path.join(this.#host.folder, name);
  }

  #port(member: Member): number {
    return this.#first + 4 * member;
  }
}
