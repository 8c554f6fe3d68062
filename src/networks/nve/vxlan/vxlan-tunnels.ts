import { HeddleError } from '../../../lib/errors.ts';
import { type AddressedLink, inNamespace, ipJson, type Link } from '../../ip.ts';
import { listOf } from '../../json-of.ts';
import { host } from '../../linux/links.ts';
import type { Tunnels } from '../ebpf/carrier.ts';
import type { IngressPort, Underlay } from '../edge.ts';
import { guardTable, tunnelName } from '../names.ts';
import { guardTunnels } from '../tunnel-guard.ts';
import { canonical, type Family, familyIn, type VxlanOptions } from './options.ts';
import { type Forwarding, peerChanges, peersAmong, peersKept } from './peers.ts';
import { tunnelChanges } from './tunnels.ts';

/** The tunnels of this host. */
export class VxlanTunnels implements Tunnels {
  readonly #options: VxlanOptions;
  #local = '';
  /** Hosts that were named; nothing while none was. */
  #met: readonly string[] | undefined;

  constructor(options: VxlanOptions) {
    this.#options = options;
  }

  async changes(ports: readonly IngressPort[], links: readonly Link[], uplink: Link): Promise<string[]> {
    this.#local = canonical(this.#options.local ?? (await this.#addressOf(uplink.ifname)));
    const wish = { uplink: uplink.ifname, local: this.#local, port: this.#options.port };
    return tunnelChanges(ports, wish, links);
  }

  async guard(ports: readonly IngressPort[], uplink: Link): Promise<void> {
    const vlans = ports.map(({ vlan }) => vlan);
    const peers = this.#others(await entriesOf());
    await guardTunnels(
      { table: guardTable, port: this.#options.port },
      { uplink: uplink.ifname, peers, ids: vlans },
    );
  }

  async lead(ports: readonly IngressPort[]): Promise<void> {
    const tunnels = ports.map(({ vlan }) => tunnelName(vlan));
    const entries = await entriesOf();
    const { copies, stale } = peerChanges(tunnels, this.#others(entries), entries);
    if (copies.length > 0) await inNamespace(host, ['bridge', '-batch', '-'], `${copies.join('\n')}\n`);
    // One that has aged meanwhile is gone as well.
    if (stale.length > 0)
      await inNamespace(host, ['bridge', '-force', '-batch', '-'], `${stale.join('\n')}\n`).catch(() => {});
  }

  meet(hosts: readonly Underlay[]): void {
    this.#met = peersAmong(hosts, familyIn(this.#options));
  }

  async underlay(uplink: string): Promise<Underlay> {
    const { local } = this.#options;
    if (local !== undefined) return [canonical(local)];
    const links = await ipJson<AddressedLink>(host, ['address', 'show']);
    const found = links.find(({ ifname }) => ifname === uplink);
    return (['inet', 'inet6'] as const).flatMap((family) => firstOf(found, family) ?? []);
  }

  /** Hosts but one's own. While nobody said which, as when the node has just started: those that there were. */
  #others(entries: readonly Forwarding[]): string[] {
    const all = this.#options.peers ?? this.#met ?? peersKept(entries);
    return [...new Set(all.map(canonical))].filter((peer) => peer !== this.#local);
  }

  async #addressOf(uplink: string): Promise<string> {
    const family = familyIn(this.#options);
    const [link] = await ipJson<AddressedLink>(host, ['address', 'show', 'dev', uplink]);
    const found = firstOf(link, family);
    if (found !== undefined) return found;
    throw new HeddleError(
      'ERR_NETWORK',
      `the edge’s uplink ${uplink} has no address of ${family === 'inet' ? 'IPv4' : 'IPv6'}, as the edge’s peers have`,
      { hint: 'give it one, or say `local` in the edge’s options' },
    );
  }
}

function firstOf(link: AddressedLink | undefined, family: Family): string | undefined {
  return link?.addr_info.find((one) => one.family === family && one.scope === 'global')?.local;
}

async function entriesOf(): Promise<Forwarding[]> {
  return listOf<Forwarding>(await inNamespace(host, ['bridge', '-j', 'fdb', 'show']));
}
