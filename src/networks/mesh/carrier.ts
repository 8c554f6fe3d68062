import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { endAll } from '../../lib/end-all.ts';
import { Turns } from '../../lib/turns.ts';
import * as z from '../../lib/zod.ts';
import type { Carrier } from '../between/carrier.ts';
import { partOf } from '../between/parts.ts';
import { saidOn } from '../between/said.ts';
import { OverlayCarrier } from '../overlay/carrier.ts';
import { stationsOn } from '../overlay/stations.ts';
import type { As, DriverContext, Observed, Settled } from '../standard/archetype.ts';
import type { Endpoint } from '../standard/endpoint.ts';
import { readIfThere } from '../standard/ensure.ts';
import type { Network } from '../standard/network.ts';
import { MeshAuthority } from './authority.ts';
import type { NetworkOptions } from './options.ts';
import { isThere, Sidecar, type Trust } from './sidecar.ts';
import { ports, type SidecarPlan } from './sidecar-plan.ts';
import { meshTunnels } from './tunnels.ts';

export type MeshNetwork = As<Settled<Network>, NetworkOptions>;

/** What a node says besides where it is: who says there which endpoint is which. */
const saidAuthority = z.object({
  authority: z
    .string()
    .max(4096)
    .regex(/^-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----\s*$/),
});

/** Tunnels between hosts, as `overlay` has them, and a proxy beside each endpoint of this host. */
export class MeshCarrier implements Carrier<MeshNetwork> {
  readonly #context: DriverContext;
  readonly #overlay: OverlayCarrier;
  readonly #authorities = new Map<string, Promise<MeshAuthority>>();
  /** What is done about one network: one after the other. */
  readonly #turns = new Turns();

  constructor(context: DriverContext) {
    this.#context = context;
    this.#overlay = new OverlayCarrier(context, {
      tunnels: meshTunnels,
      said: async (network) => ({ authority: (await this.#authority(network)).certificate }),
    });
  }

  largest(): Promise<number | undefined> {
    return this.#overlay.largest();
  }

  join(network: MeshNetwork, part: Network): Promise<Observed> {
    return this.#turns.take(network.id, async () => {
      const carried = await this.#overlay.join(network, part);
      await this.#settle(network, part);
      return { ...carried, proxyPort: ports.in };
    });
  }

  leave(network: MeshNetwork): Promise<void> {
    return this.#turns.take(network.id, async () => {
      await this.#overlay.leave(network);
      const folder = this.#folder(network);
      await endAll(
        idsIn(folder).map((id) => ({
          what: `the proxy of endpoint ${id}`,
          end: () => new Sidecar(path.join(folder, id)).remove(),
        })),
      );
      this.#authorities.delete(network.id);
      rmSync(folder, { recursive: true, force: true });
    });
  }

  changed(network: MeshNetwork, endpoint: Pick<Endpoint, 'name' | 'attachment'>): Promise<void> {
    if (endpoint.attachment.kind === 'remote') return this.#overlay.changed(network, endpoint);
    return this.#resettle(network, endpoint.name);
  }

  async heard(network: MeshNetwork): Promise<void> {
    await this.#overlay.heard(network);
    await this.#resettle(network);
  }

  async isWhole(network: MeshNetwork, part: Network): Promise<boolean> {
    if (!(await this.#overlay.isWhole(network, part))) return false;
    const { plans, trustOf } = await this.#wanted(network, part);
    const folder = this.#folder(network);
    if (idsIn(folder).some((id) => !plans.some((plan) => plan.id === id))) return false;
    for (const plan of plans) {
      const sidecar = new Sidecar(path.join(folder, plan.id));
      if (!(await sidecar.isSettled(plan, await trustOf(plan, sidecar)))) return false;
    }
    return true;
  }

  #resettle(network: MeshNetwork, only?: string): Promise<void> {
    return this.#turns.take(network.id, async () => {
      const part = await readIfThere(this.#ip.networks, partOf(network.archetype)(network.name));
      if (part) await this.#settle(network, part, only);
    });
  }

  /** Gives endpoints of this host their proxies, all or one, and ends those of endpoints that are gone. */
  async #settle(network: MeshNetwork, part: Network, only?: string): Promise<void> {
    const { plans, trustOf } = await this.#wanted(network, part);
    const folder = this.#folder(network);
    for (const id of idsIn(folder))
      if (!plans.some((plan) => plan.id === id)) await new Sidecar(path.join(folder, id)).remove();
    for (const plan of plans) {
      if (only !== undefined && plan.name !== only) continue;
      const sidecar = new Sidecar(path.join(folder, plan.id));
      const trust = await trustOf(plan, sidecar);
      if (!(await sidecar.isSettled(plan, trust))) await sidecar.settle(plan, trust);
    }
  }

  async #wanted(network: MeshNetwork, part: Network) {
    const { registry } = this.#context;
    const authority = await this.#authority(network);
    const said = await saidOn(registry, network.name, saidAuthority);
    const all = [authority.certificate, ...[...said.values()].map((one) => one.authority)];
    const authorities = [...new Set(all.map((one) => one.trim()))].sort().join('\n');
    const nodes = await stationsOn(registry, network.name);
    const hosts = [...listIn(part, 'gateways'), ...[...nodes.values()].flatMap((node) => node.addresses)];
    const place = {
      subnets: listIn(part, 'subnets'),
      hosts: [...new Set(hosts)].sort(),
      udp: network.options.udp ?? 'refused',
    } as const;
    const endpoints = await this.#ip.endpoints(part.name).list();
    return {
      plans: endpoints.flatMap((endpoint) => planOf(endpoint, place)).filter(isThere),
      trustOf: async ({ name, addresses }: SidecarPlan, { own }: Sidecar): Promise<Trust> => ({
        own: await authority.certify(name, addresses, own),
        authorities,
      }),
    };
  }

  #authority(network: MeshNetwork): Promise<MeshAuthority> {
    const known = this.#authorities.get(network.id) ?? MeshAuthority.in(this.#folder(network), network.name);
    this.#authorities.set(network.id, known);
    known.catch(() => this.#authorities.delete(network.id));
    return known;
  }

  get #ip() {
    return this.#context.service('ip');
  }

  #folder({ id }: Pick<MeshNetwork, 'id'>): string {
    return path.join(this.#context.folder, id);
  }
}

/** Nothing: it is elsewhere, or has no address yet. */
function planOf(
  { id, name, attachment, options }: Endpoint,
  place: Pick<SidecarPlan, 'subnets' | 'hosts' | 'udp'>,
): SidecarPlan[] {
  const addresses = (options['addresses'] ?? []) as readonly string[];
  if (attachment.kind !== 'namespace' || addresses.length === 0) return [];
  const { path: at, inode, interface: link } = attachment;
  const namespace = { path: at, ...(inode !== undefined && { inode }) };
  return [{ id, name, namespace, interface: link, addresses, ...place }];
}

/** Of endpoints that have something in a network’s folder. */
function idsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^[0-9a-f]{12}$/.test(name));
  } catch {
    return [];
  }
}

function listIn(part: Network, name: 'subnets' | 'gateways'): string[] {
  return (part.status.observed[name] ?? []) as string[];
}
