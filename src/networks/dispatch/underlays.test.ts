import { on } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cluster } from '../../../test/support/cluster.ts';
import { until } from '../../../test/support/until.ts';
import type { StateManager } from '../../state/state-manager.ts';
import type { Underlay } from '../nve/edge.ts';
import { hostKey } from './host-report.ts';
import { Underlays } from './underlays.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

const say = (node: string, ...underlay: string[]) =>
  cluster.state.commit([], [{ key: hostKey(node), value: { taken: [], edge: { taken: [], underlay } } }]);

test('the edge hears where all hosts are, at first and as they come, move and leave', async () => {
  await say('a', '192.0.2.1');
  // One without an edge, and one that is of no version known.
  await cluster.state.commit(
    [],
    [
      { key: hostKey('old'), value: { taken: [] } },
      { key: hostKey('odd'), value: null },
    ],
  );
  const heard: string[] = [];
  const failures: string[] = [];
  let isBroken = false;
  const meet = async (hosts: readonly Underlay[]) => {
    if (isBroken) throw new Error('no tunnel');
    heard.push(hosts.flat().sort().join());
  };
  const underlays = new Underlays('a', cluster.state, meet, ({ message }) => void failures.push(message));
  underlays.start();
  try {
    await until('it has heard', () => heard.length > 0);
    expect(heard[0]).toBe('192.0.2.1');
    await say('b', '192.0.2.2', 'fd00::2');
    await until('one came', () => heard.at(-1) === '192.0.2.1,192.0.2.2,fd00::2');
    isBroken = true;
    await say('b', '192.0.2.9');
    await until('it failed', () => failures.includes('no tunnel'));
    isBroken = false;
    await until('it is said again', () => heard.at(-1) === '192.0.2.1,192.0.2.9');
    await cluster.state.commit([], [{ key: hostKey('b'), delete: true }]);
    await until('one left', () => heard.at(-1) === '192.0.2.1');
  } finally {
    await underlays.stop();
  }
});

test('a state that was lost takes no host away', async () => {
  const entry = (node: string, address: string) => ({
    key: hostKey(node),
    value: { taken: [], edge: { taken: [], underlay: [address] } },
    revision: 1,
  });
  // The second time it is there with nothing but a host that has said itself anew.
  const lists = [[entry('a', '192.0.2.1'), entry('b', '192.0.2.2')], [entry('c', '192.0.2.3')]];
  const state = {
    list: async () => ({ entries: lists.shift() ?? [], revision: 1 }),
    async *watch(_prefix: string, _after: number, signal: AbortSignal) {
      if (lists.length > 0) throw new Error('the connection was lost');
      yield* on(signal, 'abort', { signal });
    },
  };
  const heard: string[] = [];
  const meet = async (hosts: readonly Underlay[]) => void heard.push(hosts.flat().sort().join());
  const underlays = new Underlays('a', state as unknown as StateManager, meet, () => {});
  underlays.start();
  try {
    await until('it has heard', () => heard.length > 1);
    expect(heard).toEqual(['192.0.2.1,192.0.2.2', '192.0.2.1,192.0.2.2,192.0.2.3']);
  } finally {
    await underlays.stop();
  }
});
