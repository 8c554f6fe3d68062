import { expect, test } from 'vitest';
import { HeddleError } from '../../lib/errors.ts';
import type { Endpoint } from '../../networks/standard/endpoint.ts';
import type { Networks } from '../../networks/standard/networking-service.ts';
import { onThisNode } from './on-this-node.ts';

/** Endpoints `web` of this node, and `db` of another. */
function networks() {
  const nodes = new Map([
    ['web', 'a'],
    ['db', 'b'],
  ]);
  const shown = (name: string) => ({ name, node: nodes.get(name) }) as Endpoint;
  const endpoints = {
    read: async (name: string) => shown(name),
    list: async () => [...nodes.keys()].map(shown),
    create: async ({ name }: { name: string }) => {
      if (nodes.has(name)) throw new HeddleError('ERR_RESOURCE_EXISTS', name);
      return shown(name);
    },
    delete: async (name: string) => void nodes.delete(name),
  };
  const all = { endpoints: () => endpoints } as unknown as Networks;
  return { nodes, here: onThisNode(all, 'a').endpoints('lab') };
}

test('an endpoint of another node is not seen, and not removed', async () => {
  const { nodes, here } = networks();
  expect((await here.list()).map(({ name }) => name)).toEqual(['web']);
  await expect(here.read('db')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
  await expect(here.delete('db')).rejects.toMatchObject({ code: 'ERR_RESOURCE_UNKNOWN' });
  expect(nodes.get('db')).toBe('b');
  await here.delete('web');
  expect(nodes.has('web')).toBe(false);
});

test('a name that another node has is refused, and says whose it is', async () => {
  const { here } = networks();
  const wish = (name: string) => ({ name, attachment: { kind: 'tap' as const } });
  await expect(here.create(wish('db'))).rejects.toMatchObject({
    code: 'ERR_RESOURCE_IN_USE',
    message: expect.stringContaining('it is node b’s'),
  });
  await expect(here.create(wish('web'))).rejects.toMatchObject({ code: 'ERR_RESOURCE_EXISTS' });
});

test('the other nodes that are on a network are known, and nodes themselves are none', async () => {
  const list = async () =>
    [
      { name: 'web', node: 'a', attachment: { kind: 'tap' } },
      { name: 'db', node: 'c', attachment: { kind: 'tap' } },
      { name: 'cache', node: 'b', attachment: { kind: 'tap' } },
      { name: 'queue', node: 'b', attachment: { kind: 'tap' } },
      { name: 'node.d', node: 'd', attachment: { kind: 'node' } },
    ] as Endpoint[];
  const elsewhere = (all: () => Promise<Endpoint[]>) =>
    onThisNode({ endpoints: () => ({ list: all }) } as unknown as Networks, 'a').elsewhere('lab');
  expect(await elsewhere(list)).toEqual(['b', 'c']);
  const gone = async () => {
    throw new HeddleError('ERR_RESOURCE_UNKNOWN', 'lab');
  };
  expect(await elsewhere(gone)).toEqual([]);
});
