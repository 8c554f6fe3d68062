import { expect, test } from 'vitest';
import { label } from '../lib/labels.ts';
import type { DeployContext } from './context.ts';
import { networkNames } from './observe.ts';

test('a network of the project that another node makes meanwhile is nobody else’s', async () => {
  const networks: { name: string; labels: Record<string, string> }[] = [];
  const made = (name: string, project: string) =>
    networks.push({ name, labels: { [label.project]: project } });
  const context = {
    project: 'shop',
    engine: {
      workloads: {
        networkNames: async () => {
          made('shop_lab', 'shop');
          made('shop_back', 'another');
          return new Set(['bridge', 'shop_lab', 'shop_back']);
        },
      },
    },
    networking: { networks: { list: async () => networks } },
  } as unknown as DeployContext;
  expect(await networkNames(context)).toEqual(new Set(['bridge', 'shop_back']));
});
