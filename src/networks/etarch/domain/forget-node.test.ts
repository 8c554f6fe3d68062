import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { endpoint } from '../../../../test/support/domain-model.ts';
import { openSqliteManager } from '../../../state/sqlite-manager.ts';
import { decide } from './decide.ts';
import { forgetNode } from './forget-node.ts';
import { enter } from './presence.ts';
import { DomainStore } from './store.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-forget-node-'));
const registry = openSqliteManager(path.join(folder, 'state.db'));
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
});

test('a node that will not come back is in no domain, its titles are free, and what lived there alone is gone', async () => {
  for (const [network, nodes] of [
    ['both', ['one', 'two']],
    ['here', ['one']],
    ['there', ['two']],
  ] as const) {
    const store = new DomainStore(registry, network);
    for (const node of nodes) {
      await store.change((domain) => ({ changes: enter(domain, node) }));
      const request = { primitive: 'entityRegister', title: `of-${node}` } as const;
      await store.change((domain) => decide(domain, endpoint(`e-${node}`, ['*'], node), request, 0));
    }
  }
  await forgetNode(registry, 'two');
  const both = await new DomainStore(registry, 'both').read();
  expect([...both.nodes]).toEqual(['one']);
  expect([...both.entities].map(([title, { node }]) => [title, node])).toEqual([
    ['of-one', 'one'],
    ['of-two', undefined],
  ]);
  expect((await new DomainStore(registry, 'here').read()).entities.size).toBe(1);
  expect((await registry.list('there/')).entries).toEqual([]);
});
