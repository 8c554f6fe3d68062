import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { endpoint } from '../../../../test/support/domain-model.ts';
import { prefixed } from '../../../state/prefixed.ts';
import { openSqliteManager } from '../../../state/sqlite-manager.ts';
import type { EntityRequest } from '../wire/control.ts';
import { type Asker, decide } from './decide.ts';
import { type Entity, putEntity, putMember } from './domain.ts';
import { depart } from './presence.ts';
import { DomainStore } from './store.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-domain-'));
const state = openSqliteManager(path.join(folder, 'state.db'));
afterAll(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});

test('what is more than a state takes at once is carried out all the same', async () => {
  const store = new DomainStore(prefixed(state, 'registry/etarch/'), 'large');
  const who = endpoint('host', ['*']);
  const ask = (request: EntityRequest) => store.change((domain) => decide(domain, who, request, 0));
  await ask({ primitive: 'entityRegister', title: 'host' });
  await ask({ primitive: 'workspaceCreate', title: 'host', workspace: 'hall' });
  const titles = Array.from({ length: 250 }, (_, index) => `guest-${index}`);
  const entities = titles.map((title) => entityOf(who, title));
  await store.change(({ entities: there }) => ({
    changes: entities
      .filter(({ title }) => !there.has(title))
      .flatMap((one) => [putEntity(one), putMember('hall', one.title)]),
  }));
  expect((await store.read()).members.get('hall')?.size).toBe(250);
  const { answer } = await ask({ primitive: 'workspaceDelete', title: 'host', workspace: 'hall' });
  expect(answer.status).toBe('ok');
  expect((await store.read()).members.size).toBe(0);
  await store.change((domain) => ({ changes: depart(domain, 'one', 0) }));
  await store.end();
});

test('agents that decide at once decide one after the other, and a title is one endpoint’s', async () => {
  const registry = prefixed(state, 'registry/etarch/');
  const stores = ['one', 'two', 'three'].map((node) => ({ node, store: new DomainStore(registry, 'lab') }));
  const register = (store: DomainStore, node: string, title: string) =>
    store.change((domain) =>
      decide(domain, endpoint(`at-${node}`, ['*'], node), { primitive: 'entityRegister', title }, 0),
    );
  const own = stores.map(({ node, store }) => register(store, node, node));
  const same = stores.map(({ node, store }) => register(store, node, 'wanted by all'.replaceAll(' ', '-')));
  expect((await Promise.all(own)).map(({ answer }) => answer.status)).toEqual(['ok', 'ok', 'ok']);
  const statuses = (await Promise.all(same)).map(({ answer }) => answer.status).sort();
  expect(statuses).toEqual(['ok', 'taken', 'taken']);
  // Each knows what the others have done.
  for (const { store } of stores) expect((await store.read()).entities.size).toBe(4);
  const store = stores[0]!.store;
  await store.change((domain) => ({ changes: depart(domain, 'one', 0) }));
  await store.end();
  expect((await state.list('registry/')).entries).toEqual([]);
  expect((await new DomainStore(registry, 'lab').read()).entities.size).toBe(0);
});

function entityOf({ endpoint: at, node, mac }: Asker, title: string): Entity {
  return { title, endpoint: at, node, mac, capabilities: [], since: 0 };
}
