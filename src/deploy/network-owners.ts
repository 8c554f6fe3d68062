import { removeEmptyBridge } from '../networks/bridge.ts';
import { ensure, removeIfThere } from '../networks/standard/ensure.ts';
import type { NetworkOwner, NetworkSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { networkDefinitionOf } from './definition.ts';
import { resourceLabels } from './labels.ts';
import { networkWish } from './network-wish.ts';

interface Making {
  create(context: DeployContext, network: NetworkSpec): Promise<void>;
  remove(context: DeployContext, name: string): Promise<void>;
}

const engine: Making = {
  create: ({ engine, project, hash }, network) =>
    engine.workloads.createNetwork(network, resourceLabels(project, hash(networkDefinitionOf(network)))),
  remove: async ({ engine }, name) => {
    const bridge = await engine.host.bridgeOf(name);
    await engine.workloads.removeNetwork(name);
    if (bridge !== undefined) await removeEmptyBridge(bridge);
  },
};

const networkingService: Making = {
  create: async ({ networking, project, hash }, network) => {
    const labels = resourceLabels(project, hash(networkDefinitionOf(network)));
    await ensure(networking.networks, networkWish(network, labels));
  },
  remove: ({ networking }, name) => removeIfThere(networking.networks, name),
};

/** How networks are made and removed, by whose they are. */
export function ownerOf(owner: NetworkOwner): Making {
  return owner === 'engine' ? engine : networkingService;
}
