import { HeddleError } from '../../lib/errors.ts';
import { checkVlanId, type TakenIds } from '../nve/vlan-ids.ts';
import type { Archetype, Driver, Taken } from './archetype.ts';
import type { Collection } from './collection.ts';
import { type Network, type NetworkWish, networkWish } from './network.ts';
import { invalidError, parsed } from './parsed.ts';
import type { WantedEndpoint, WantedNetwork } from './records.ts';
import type { Kind } from './resources.ts';
import { shown } from './shown.ts';

/** What Ethernet carries. */
const defaultMtu = 1500;

/** How networks of an archetype are decided on, made and removed. */
export function networkKind(
  archetype: Archetype,
  driver: Driver,
  endpointsOf: (network: string) => Collection<WantedEndpoint>,
): Kind<WantedNetwork, Network, NetworkWish> {
  return {
    noun: 'network',
    deciding: async () => {
      const taken = (await driver.taken?.()) ?? [];
      return {
        conditions: [],
        settle: (wish, id, others, before) => settle(archetype, wish, id, others, taken, before),
      };
    },
    mayRemove: async ({ name }) => refuseInUse(name, (await endpointsOf(name).all()).kept),
    apply: (network) => driver.applyNetwork(network),
    remove: async (network) => {
      await driver.removeNetwork(network);
      await endpointsOf(network.name).end();
    },
    changed: async (network) => {
      const { kept } = await endpointsOf(network.name).all();
      for (const { wanted } of kept) if (!wanted.deleting) await driver.applyEndpoint(wanted, network);
    },
    show: shown,
  };
}

function settle(
  archetype: Archetype,
  wish: NetworkWish,
  id: string,
  others: readonly WantedNetwork[],
  taken: readonly Taken[],
  before: WantedNetwork | undefined,
): WantedNetwork {
  const {
    name,
    mtu = defaultMtu,
    vlan,
    labels = {},
    options = {},
    archetype: asked,
  } = parsed(networkWish, wish, 'network');
  const what = `network ${name}`;
  if (asked !== archetype.name)
    throw invalidError(`${what}: the service of ${archetype.name} makes none of ${asked}`);
  if (vlan !== undefined) checkVlanId(vlan, id, vlansOf(others));
  const own = parsed(archetype.networkOptions, options, `${what}: options`);
  const wanted = {
    name,
    archetype: asked,
    id,
    mtu,
    ...(vlan !== undefined && { vlan }),
    labels,
    options: own,
  };
  return { ...wanted, options: archetype.settleNetwork?.(wanted, others, taken, before) ?? own };
}

function vlansOf(networks: readonly WantedNetwork[]): TakenIds {
  return new Map(
    networks.flatMap(({ name, vlan }) => (vlan === undefined ? [] : [[vlan, `network ${name}`] as const])),
  );
}

function refuseInUse(name: string, endpoints: readonly { readonly wanted: WantedEndpoint }[]): void {
  if (endpoints.length === 0) return;
  const names = endpoints.slice(0, 5).map(({ wanted }) => wanted.name);
  const more = endpoints.length > names.length ? ` and ${endpoints.length - names.length} more` : '';
  throw new HeddleError('ERR_RESOURCE_IN_USE', `network ${name} has endpoints: ${names.join(', ')}${more}`);
}
