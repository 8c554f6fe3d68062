import { expect, inject, test } from 'vitest';
import { Cluster } from '../../../test/support/cluster.ts';
import { Life, mortalState } from '../../../test/support/mortal-state.ts';
import { until } from '../../../test/support/until.ts';
import { isHeddleError } from '../../lib/errors.ts';

const attachment = { kind: 'namespace', path: '/run/netns/y', interface: 'eth0' } as const;
/** All of them in the group `properties`, some in the unit tests. */
const step = inject('seed') === undefined ? 7 : 1;
/** More changes than a node makes for all of it. */
const most = 80;

// A node is killed at each of its changes of either state, and before it, while another is asked.
test.each([true, false])(
  'a node that is killed at any change ends as if it had not been (made: %s)',
  async (isMade) => {
    let changes = 1;
    for (; changes <= most; changes += step) {
      const cluster = new Cluster();
      try {
        const a = await cluster.add('a');
        const life = new Life(changes, isMade);
        const born = cluster.add('b', 'b', (state) => mortalState(state, life));
        const revived = life.ended.then(async () => {
          // One that has not said yet that it is there never does.
          await cluster.started('b')?.stop();
          await cluster.add('b');
        });
        await Promise.race([born, revived]);
        const service = a.service('ip');
        const insist = (what: string, work: () => Promise<unknown>) =>
          until(`killed at ${changes}: ${what}`, async () => {
            await work().catch((error) => {
              if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) throw error;
            });
            return true;
          });
        await insist('a network', () => service.networks.create({ name: 'lab', archetype: 'ip' }, 'lab'));
        const of = service.endpoints('lab');
        await insist('an endpoint', () => of.create({ name: 'y', node: 'b', attachment }, 'y'));
        await until('it is there', async () => (await of.read('y')).status.phase === 'ready');
        expect(cluster.made('b').endpoints.get('y')?.options.addresses).toEqual(['10.160.0.2']);
        await insist('no endpoint', () => of.delete('y'));
        await until('it is gone', async () => (await of.list()).every(({ name }) => name !== 'y'));
        await insist('no network', () => service.networks.delete('lab'));
        await until('it is gone', async () => (await service.networks.list()).length === 0);
        const { networks, endpoints } = cluster.made('b');
        expect([networks.size, endpoints.size], `killed at ${changes}`).toEqual([0, 0]);
        const left = (await cluster.keys()).filter((key) => !/^(nodes|hosts)\//.test(key));
        expect(left).toEqual(['networks/ip/serial', 'networks/serial']);
        if (!life.isOver) break;
        await revived;
      } finally {
        await cluster.close();
      }
    }
    // The last had fewer changes than it was to be killed at.
    expect(changes).toBeGreaterThan(10);
    expect(changes).toBeLessThan(most);
  },
);
