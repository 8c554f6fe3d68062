import { removeEmptyBridge } from '../networks/bridge.ts';
import type { NetworkOwner, NetworkSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { networkDefinitionOf } from './definition.ts';
import { resourceLabels } from './labels.ts';

interface Making {
  create(context: DeployContext, network: NetworkSpec): Promise<void>;
  remove(context: DeployContext, name: string): Promise<void>;
}

/** How networks are made and removed, by whose they are. */
export const networkOwners: { readonly [Owner in NetworkOwner]: Making } = {
  engine: {
    create: ({ engine, project, hash }, network) =>
      engine.workloads.createNetwork(network, resourceLabels(project, hash(networkDefinitionOf(network)))),
    remove: async ({ engine }, name) => {
      const bridge = await engine.host.bridgeOf(name);
      await engine.workloads.removeNetwork(name);
      if (bridge !== undefined) await removeEmptyBridge(bridge);
    },
  },
};
