import { expect, test } from 'vitest';
import { HeddleError } from '../lib/errors.ts';
import type { DeployContext } from './context.ts';
import { ownerOf } from './network-owners.ts';

/** A network that cannot be removed, for these endpoints here, and those nodes. */
function inUse(here: readonly string[], elsewhere: readonly string[]): DeployContext {
  const networks = {
    delete: async () => {
      throw new HeddleError('ERR_RESOURCE_IN_USE', 'network lab has endpoints');
    },
  };
  const networking = {
    networks,
    endpoints: () => ({ list: async () => here }),
    elsewhere: async () => elsewhere,
  };
  return { networking } as unknown as DeployContext;
}

test('a network that other nodes are on stays for them, and one that somebody here is on is not removed', async () => {
  expect(await ownerOf('ip').remove(inUse([], ['two']), 'lab')).toEqual(['two']);
  const refused = { code: 'ERR_RESOURCE_IN_USE' };
  await expect(ownerOf('ip').remove(inUse(['db'], ['two']), 'lab')).rejects.toMatchObject(refused);
  await expect(ownerOf('ip').remove(inUse(['db'], []), 'lab')).rejects.toMatchObject(refused);
});

test('a network that the last of another node leaves meanwhile is removed', async () => {
  const { networking } = inUse([], []);
  let left = 2;
  const networks = {
    delete: async (name: string) => {
      if (left-- > 0) await networking.networks.delete(name);
    },
  };
  const context = { networking: { ...networking, networks } } as unknown as DeployContext;
  expect(await ownerOf('ip').remove(context, 'lab')).toEqual([]);
  // Whatever else keeps it is said.
  await expect(ownerOf('ip').remove(inUse([], []), 'lab')).rejects.toMatchObject({
    code: 'ERR_RESOURCE_IN_USE',
  });
});
