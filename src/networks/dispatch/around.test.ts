import { afterEach, beforeEach, expect, test } from 'vitest';
import { Cluster } from '../../../test/support/cluster.ts';
import { ip } from '../ip/ip.ts';
import { aroundIn } from './around.ts';
import { type HostState, hostKey } from './host-report.ts';

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.close());

const edgeOf = (mtu?: number): HostState => ({
  taken: [],
  edge: { taken: [], ...(mtu !== undefined && { mtu }) },
});

test('what passes the edges of all hosts is the least of them, of one that is away too', async () => {
  const { state } = cluster;
  const here = (said: HostState) => ({ node: 'a', look: async () => said });
  const largest = async (said: HostState) => (await aroundIn(state, [ip], here(said), 'ip')).mtu;
  expect(await largest({ taken: [] })).toBe(undefined);
  expect(await largest(edgeOf())).toBe(undefined);
  expect(await largest(edgeOf(1370))).toBe(1370);
  await state.commit([], [{ key: hostKey('b'), value: edgeOf(1300) }]);
  expect(await largest(edgeOf(1370))).toBe(1300);
});
