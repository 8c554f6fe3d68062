import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EndpointWish } from '../../src/networks/standard/endpoint.ts';
import { makeNamespace } from './endpoints.ts';
import { Networks } from './networks.ts';
import { type Ovs, startOvs } from './ovs.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

export const uplink = 'eth1';

/** A host as a network namespace, with services of its own and an uplink. */
export class JoinedHost {
  readonly name: string;
  readonly networks: Networks;
  readonly ovs: Ovs;
  readonly #folder: string;

  private constructor(name: string, folder: string, ovs: Ovs) {
    this.name = name;
    this.#folder = folder;
    this.ovs = ovs;
    this.networks = new Networks(folder, { namespace: name, uplink, ovs: ovs.folder });
  }

  static async start(name: string): Promise<JoinedHost> {
    const folder = mkdtempSync(path.join(tmpdir(), `heddle-${name}-`));
    // Name servers read theirs as nobody.
    chmodSync(folder, 0o755);
    const host = new JoinedHost(name, folder, await startOvs(path.join(folder, 'ovs'), name));
    await host.networks.start();
    return host;
  }

  /** Puts a namespace of that name on a network. */
  async join(name: string, network: string, archetype: string, ...addresses: readonly string[]) {
    return this.joinWith(name, network, archetype, { addresses });
  }

  /** The same, with options of any archetype. */
  async joinWith(
    name: string,
    network: string,
    archetype: string,
    options: NonNullable<EndpointWish['options']>,
  ) {
    const attachment = { kind: 'namespace', path: makeNamespace(name), interface: 'eth0' } as const;
    const endpoint: EndpointWish = { name, attachment, options };
    return this.networks.tell({ endpoint, of: network, archetype });
  }

  /** Where programs of networks' own are. */
  get programs(): string {
    return path.join(this.#folder, 'programs');
  }

  /** Runs a program on the host. */
  run(...command: readonly string[]): string {
    return execFileSync('nsenter', [`--net=/run/netns/${this.name}`, '--', ...command], { encoding: 'utf8' });
  }

  async end(): Promise<void> {
    await this.networks.kill();
    await this.ovs.stop();
    // Name servers outlive whoever started them.
    for (const pid of ip('netns', 'pids', this.name).split('\n').filter(Boolean))
      process.kill(Number(pid), 'SIGKILL');
    // The edge of a test that failed may be there still.
    spawnSync('umount', [path.join(this.#folder, 'nve', 'bpf')]);
    rmSync(this.#folder, { recursive: true });
  }
}

/** Two hosts, whose uplinks are the ends of a wire. Namespaces are removed with those of the test. */
export async function joinedHosts(): Promise<readonly [JoinedHost, JoinedHost]> {
  const [one, two] = ['one', 'two'];
  for (const host of [one, two]) makeNamespace(host);
  ip('-n', one, 'link', 'add', uplink, 'type', 'veth', 'peer', 'name', uplink, 'netns', two);
  for (const state of [['addrgenmode', 'none'], ['up']]) {
    for (const host of [one, two]) ip('-n', host, 'link', 'set', uplink, ...state);
  }
  return Promise.all([JoinedHost.start(one), JoinedHost.start(two)]);
}
