import { isHeddleError } from '../lib/errors.ts';
import { removeEmptyBridge } from '../networks/bridge.ts';
import { ensure, removeIfThere } from '../networks/standard/ensure.ts';
import type { NetworkOwner, NetworkSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { networkHash } from './definition.ts';
import { resourceLabels } from './labels.ts';
import { networkWish } from './network-wish.ts';

interface Making {
  create(context: DeployContext, network: NetworkSpec): Promise<void>;
  /** @returns the other nodes that are on it still: it stays, and goes with what they have */
  remove(context: DeployContext, name: string): Promise<readonly string[]>;
}

const engine: Making = {
  create: ({ engine, project, hash }, network) =>
    engine.workloads.createNetwork(network, resourceLabels(project, networkHash(network, hash))),
  remove: async ({ engine }, name) => {
    const bridge = await engine.host.bridgeOf(name);
    await engine.workloads.removeNetwork(name);
    if (bridge !== undefined) await removeEmptyBridge(bridge);
    return [];
  },
};

const networkingService: Making = {
  create: async ({ networking, project, hash }, network) => {
    const labels = resourceLabels(project, networkHash(network, hash));
    await ensure(networking.networks, networkWish(network, labels));
  },
  remove: async ({ networking }, name) => {
    try {
      await removeIfThere(networking.networks, name);
      return [];
    } catch (error) {
      if (!isHeddleError(error, 'ERR_RESOURCE_IN_USE')) throw error;
      // Who else is on it here keeps it from being removed at all.
      const [here, elsewhere] = await Promise.all([
        networking.endpoints(name).list(),
        networking.elsewhere(name),
      ]);
      if (here.length > 0 || elsewhere.length === 0) throw error;
      return elsewhere;
    }
  },
};

/** How networks are made and removed, by whose they are. */
export function ownerOf(owner: NetworkOwner): Making {
  return owner === 'engine' ? engine : networkingService;
}
