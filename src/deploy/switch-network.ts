import type { ObservedResource } from '../engines/observed.ts';
import { toHeddleError } from '../lib/errors.ts';
import type { SwitchWish } from '../networks/standard/switch.ts';
import type { NetworkSpec } from '../selector/spec.ts';
import type { DeployContext } from './context.ts';
import { ownerOf } from './network-owners.ts';
import { networkWish } from './network-wish.ts';
import type { NetworkSwitch } from './observed.ts';

/** Why a network cannot be switched at all, as long as it and the wish are what they are. */
const refusals: readonly string[] = ['ERR_RESOURCE_INVALID', 'ERR_NETWORK_POOL'];

/** What networks of a project would lose in becoming what the specification has, or why they cannot. Nothing changes. */
export async function observeSwitches(
  { networking, spec }: Pick<DeployContext, 'networking' | 'spec'>,
  existing: readonly ObservedResource[],
): Promise<Record<string, NetworkSwitch>> {
  const owners = new Map(existing.map(({ name, own, owner }) => [name, own ? owner : undefined]));
  const differing = spec.networks.filter(({ name, owner, external }) => {
    const now = owners.get(name);
    return !external && owner !== 'engine' && now !== undefined && now !== owner;
  });
  const looked = differing.map(async (network): Promise<[string, NetworkSwitch]> => {
    try {
      const { lost } = await networking.switch(network.name, { ...switchWish(network), dryRun: true });
      return [network.name, { lost: lost.map(({ of, what }) => `${of}: ${what}`) }];
    } catch (error) {
      const { code, message } = toHeddleError(error);
      // What passes again by itself is no reason to make a network anew.
      if (!refusals.includes(code)) throw error;
      return [network.name, { refused: message }];
    }
  });
  return Object.fromEntries(await Promise.all(looked));
}

/** The plan has said what is lost. What else is different about the network follows when it is of the other archetype. */
export async function switchNetwork(context: DeployContext, network: NetworkSpec): Promise<void> {
  await context.networking.switch(network.name, { ...switchWish(network), accept: true });
  await ownerOf(network.owner).create(context, network);
}

function switchWish(network: NetworkSpec): SwitchWish {
  const { archetype, options = {} } = networkWish(network, {});
  return { archetype, options };
}
