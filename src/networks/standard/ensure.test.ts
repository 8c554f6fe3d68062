import { expect, test } from 'vitest';
import { HeddleError } from '../../lib/errors.ts';
import { ensure } from './ensure.ts';
import type { Resources } from './networking-service.ts';

test('what is wrong with a part is said of the network that it is a part of', async () => {
  const refusing = {
    create: async ({ name }: { readonly name: string }) => {
      throw new HeddleError('ERR_EDGE_ABSENT', `network ${name}: vlan: 7: there is no edge`);
    },
  } as unknown as Resources<{ revision: number }, { name: string; labels?: Record<string, string> }>;
  const wish = { name: 'sdn.lab', labels: { 'heddle.owner': 'sdn/lab' } };
  await expect(ensure(refusing, wish)).rejects.toMatchObject({
    code: 'ERR_EDGE_ABSENT',
    message: 'network lab: vlan: 7: there is no edge',
    hint: expect.stringContaining('node.yaml'),
  });
  await expect(ensure(refusing, { name: 'lab' })).rejects.toThrow('network lab: vlan');
});
