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

test('what others change or remove meanwhile is looked at again, and not without end', async () => {
  const said: string[] = [];
  const overtaken = (code: 'ERR_REVISION' | 'ERR_RESOURCE_UNKNOWN', times: number) =>
    ({
      create: async () => {
        said.push('create');
        throw new HeddleError('ERR_RESOURCE_EXISTS', 'it is there');
      },
      read: async () => ({ revision: 7 }),
      update: async () => {
        if (said.filter((one) => one === 'create').length <= times) throw new HeddleError(code, 'no more');
        return { revision: 8 };
      },
    }) as unknown as Resources<{ revision: number }, { name: string }>;
  for (const code of ['ERR_REVISION', 'ERR_RESOURCE_UNKNOWN'] as const) {
    said.length = 0;
    expect(await ensure(overtaken(code, 2), { name: 'lab' })).toEqual({ revision: 8 });
    expect(said).toHaveLength(3);
    await expect(ensure(overtaken(code, 100), { name: 'lab' })).rejects.toMatchObject({ code });
  }
});
