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
