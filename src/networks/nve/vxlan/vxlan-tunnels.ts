import { HeddleError } from '../../../lib/errors.ts';
import { type AddressedLink, inNamespace, ipJson, type Link } from '../../ip.ts';
import { host } from '../../linux/links.ts';
import type { Tunnels } from '../ebpf/carrier.ts';
import type { IngressPort } from '../edge.ts';
import { tunnelName } from '../names.ts';
import { guardTunnels } from '../tunnel-guard.ts';
import { canonical, familyOf, type VxlanOptions } from './options.ts';
import { type Forwarding, peerChanges } from './peers.ts';
import { tunnelChanges } from './tunnels.ts';

/** The tunnels of this host. */
export class VxlanTunnels implements Tunnels {
  readonly #options: VxlanOptions;
  #local = '';

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
    await guardTunnels({ uplink: uplink.ifname, port: this.#options.port, peers: this.#others(), vlans });
  }

  async lead(ports: readonly IngressPort[]): Promise<void> {
    const tunnels = ports.map(({ vlan }) => tunnelName(vlan));
    const entries = JSON.parse(await inNamespace(host, ['bridge', '-j', 'fdb', 'show'])) as Forwarding[];
    const { copies, stale } = peerChanges(tunnels, this.#others(), entries);
    if (copies.length > 0) await inNamespace(host, ['bridge', '-batch', '-'], `${copies.join('\n')}\n`);
    // One that has aged meanwhile is gone as well.
    if (stale.length > 0)
      await inNamespace(host, ['bridge', '-force', '-batch', '-'], `${stale.join('\n')}\n`).catch(() => {});
  }

  /** Hosts but one's own. */
  #others(): string[] {
    return [...new Set(this.#options.peers.map(canonical))].filter((peer) => peer !== this.#local);
  }

  async #addressOf(uplink: string): Promise<string> {
    const family = familyOf(this.#options.peers[0] ?? '');
    const [link] = await ipJson<AddressedLink>(host, ['address', 'show', 'dev', uplink]);
    const found = link?.addr_info.find((one) => one.family === family && one.scope === 'global');
    if (found) return found.local;
    throw new HeddleError(
      'ERR_NETWORK',
      `the edge’s uplink ${uplink} has no address of ${family === 'inet' ? 'IPv4' : 'IPv6'}, as the edge’s peers have`,
      { hint: 'give it one, or say `local` in the edge’s options' },
    );
  }
}
