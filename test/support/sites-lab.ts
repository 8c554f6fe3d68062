import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Authority } from '../../src/edge/ca/authority.ts';
import { writeCredentials } from '../../src/edge/ca/credentials.ts';
import { type SiteEngine, SiteHost } from './site-host.ts';
import { until } from './until.ts';

const prefix = `hsl${process.pid}`;
const wires = `${prefix}-wires`;
const etcd = 'http://192.0.2.254:2379';
/** A host's interface to the wire that they all are on. */
const uplink = 'wan0';
const port = 9851;

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

interface SitesOptions {
  /** Hosts by name, each with its engine; the site is named after the host. */
  readonly hosts: Readonly<Record<string, SiteEngine>>;
  /** Who a node is to others, by its name: the subject of its certificate. */
  readonly subject?: (name: string) => string;
  /** What its settings say besides. */
  readonly settings?: (name: string) => object;
}

/**
 * Hosts at sites of their own, each with a node and an engine: on one wire, over which they have links, an etcd that they share,
 * and each other's API.
 */
export class SitesLab {
  readonly hosts: ReadonlyMap<string, SiteHost>;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'heddle-sites-'));
  readonly #options: SitesOptions;
  readonly #isCut = new Set<string>();
  #authority: Authority | undefined;
  #etcd: ChildProcess | undefined;

  constructor(options: SitesOptions) {
    this.#options = options;
    this.hosts = new Map(
      Object.entries(options.hosts).map(([name, engine], index) => [
        name,
        new SiteHost(name, engine, `192.0.2.${index + 1}`, `${prefix}-${name}`),
      ]),
    );
  }

  host(name: string): SiteHost {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`there is no host ${name}`);
    return host;
  }

  /** Starts all; returns when all links are up. */
  async start(): Promise<void> {
    this.#authority = await Authority.create(path.join(this.#folder, 'ca'));
    const all = [...this.hosts.values()];
    this.#makeWire();
    await Promise.all([
      this.#startEtcd(),
      ...all.map(async (host) => {
        await host.room.start();
        this.#join(host);
        await host.startEngine();
      }),
    ]);
    // One after the other: an authority does one thing at a time.
    const settings: object[] = [];
    for (const host of all) settings.push(await this.#settingsOf(host));
    await Promise.all(all.map((host, index) => host.startNode(settings[index])));
    await this.linked();
  }

  /** Waits until every host has its links to all others. */
  async linked(): Promise<void> {
    for (const host of this.hosts.values()) {
      await until(`links of ${host.name} are up`, async () => {
        const up = (await host.links()).filter(({ state }) => state === 'up');
        return up.length === this.hosts.size - 1;
      });
    }
  }

  /** Cuts a host off from all others and from etcd, or joins it again. */
  cut(name: string, isCut: boolean): void {
    ip('-n', wires, 'link', 'set', portOf(name), isCut ? 'down' : 'up');
    if (isCut) this.#isCut.add(name);
    else this.#isCut.delete(name);
  }

  /** What somebody proves by who it is: a folder with `cert.pem`, `key.pem`, `ca.crt` and `crl.pem`. */
  async credentials(subject: string, addresses: readonly string[] = []): Promise<string> {
    const folder = path.join(this.#folder, 'credentials', subject.replace(':', '-'));
    if (!this.#authority) throw new Error('the lab has not been started');
    writeCredentials(folder, await this.#authority.issue(subject, addresses, 1));
    return folder;
  }

  /** Where a host's node answers over TLS. */
  urlOf(name: string): string {
    return `https://${this.host(name).address}:${port}`;
  }

  /** The network in which the wire and etcd are, as `ip netns` has it. */
  get wires(): string {
    return wires;
  }

  /** Takes down what was made on all hosts, then the hosts; fails when something was left. */
  async remove(): Promise<void> {
    for (const name of this.#isCut) this.cut(name, false);
    const outcomes: PromiseSettledResult<void>[] = [];
    // One after the other: networks that they share go with the last.
    for (const host of this.hosts.values()) outcomes.push(...(await Promise.allSettled([host.remove()])));
    if (this.#etcd?.kill('SIGKILL')) await once(this.#etcd, 'exit');
    if (existsSync(`/run/netns/${wires}`)) ip('netns', 'del', wires);
    rmSync(this.#folder, { recursive: true, force: true });
    const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('\n'));
  }

  async #settingsOf({ name, engine, address }: SiteHost): Promise<object> {
    const { subject = (one) => `api:${one}`, settings } = this.#options;
    const folder = await this.credentials(subject(name), [address]);
    const file = (name: string) => path.join(folder, name);
    return {
      name,
      site: name,
      engine,
      state: { etcd: { endpoints: [etcd] } },
      edge: { driver: 'vxlan', uplink: 'hwan0' },
      wan: { uplinks: [{ interface: uplink }] },
      api: {
        listen: `${address}:${port}`,
        cert: file('cert.pem'),
        key: file('key.pem'),
        ca: file('ca.crt'),
        crl: file('crl.pem'),
      },
      ...settings?.(name),
    };
  }

  #makeWire(): void {
    ip('netns', 'add', wires);
    ip('-n', wires, 'link', 'set', 'lo', 'up');
    ip('-n', wires, 'link', 'add', 'wire', 'type', 'bridge', 'forward_delay', '0', 'stp_state', '0');
    ip('-n', wires, 'address', 'add', '192.0.2.254/24', 'dev', 'wire');
    ip('-n', wires, 'link', 'set', 'wire', 'up');
  }

  #join({ name, address, room: { namespace } }: SiteHost): void {
    const other = ['peer', 'name', portOf(name), 'netns', wires];
    ip('-n', namespace, 'link', 'add', uplink, 'type', 'veth', ...other);
    ip('-n', wires, 'link', 'set', portOf(name), 'master', 'wire', 'up');
    ip('-n', namespace, 'address', 'add', `${address}/24`, 'dev', uplink);
    ip('-n', namespace, 'link', 'set', uplink, 'up');
  }

  async #startEtcd(): Promise<void> {
    const peer = 'http://127.0.0.1:2380';
    const flags = [
      ['--data-dir', path.join(this.#folder, 'etcd')],
      ['--listen-client-urls', etcd],
      ['--advertise-client-urls', etcd],
      ['--listen-peer-urls', peer],
    ].flat();
    const inside = (...command: string[]) => [`--net=/run/netns/${wires}`, '--', ...command];
    this.#etcd = spawn('nsenter', inside('etcd', ...flags), { stdio: 'ignore' });
    await until('etcd answers', () => {
      execFileSync('nsenter', inside('curl', '-sf', '-m', '1', `${etcd}/health`));
      return true;
    });
  }
}

function portOf(host: string): string {
  return `to-${host}`;
}
