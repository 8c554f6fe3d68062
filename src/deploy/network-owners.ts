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

/** How often others may leave a network between two looks. */
const mostTries = 5;

const networkingService: Making = {
  create: async ({ networking, project, hash }, network) => {
    const labels = resourceLabels(project, networkHash(network, hash));
    await ensure(networking.networks, networkWish(network, labels));
  },
  remove: async ({ networking }, name) => {
    for (let tries = 1; ; tries++) {
      try {
        await removeIfThere(networking.networks, name);
        return [];
      } catch (error) {
        if (!isHeddleError(error, 'ERR_RESOURCE_IN_USE') || tries >= mostTries) throw error;
        // Who is on it here keeps it from being removed at all.
        if ((await networking.endpoints(name).list()).length > 0) throw error;
        const elsewhere = await networking.elsewhere(name);
        if (elsewhere.length > 0) return elsewhere;
        // The last of another node has left it meanwhile.
      }
    }
  },
};

/** How networks are made and removed, by whose they are. */
export function ownerOf(owner: NetworkOwner): Making {
  return owner === 'engine' ? engine : networkingService;
}
