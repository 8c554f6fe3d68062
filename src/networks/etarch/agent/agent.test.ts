import { expect, test } from 'vitest';
import { endpoint } from '../../../../test/support/domain-model.ts';
import type { StateManager } from '../../../state/state-manager.ts';
import { Agent } from './agent.ts';

const alice = { ...endpoint('alice'), port: 'hpalice' };
const look = { primitive: 'entityLookup', title: 'alice' } as const;

test('what the node itself does waits for one request at most, and who has gone meanwhile asks in vain', async () => {
  const done: string[] = [];
  let stations = [alice];
  const registry = {
    get: async () => undefined,
    list: async () => ({ entries: [], revision: 0 }),
    commit: async () => 1,
  } as unknown as StateManager;
  const local = async () => ({ id: 'aabbccddeeff', stations });
  const agent = new Agent({
    network: 'lab',
    node: 'one',
    registry,
    local,
    settle: async () => {},
    now: () => 0,
  });
  await agent.refresh();
  const asked = Array.from({ length: 10 }, () =>
    agent.carryOut(alice, look).then(({ status }) => done.push(status)),
  );
  await Promise.resolve();
  stations = [];
  const refreshed = agent.refresh().then(() => done.push('refreshed'));
  await Promise.all([...asked, refreshed]);
  expect(done.indexOf('refreshed')).toBeLessThan(3);
  expect(done.slice(3)).toEqual(Array(8).fill('unavailable'));
});
