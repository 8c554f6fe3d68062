import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { isHeddleError } from '../../../src/lib/errors.ts';
import { full } from '../../support/full.ts';
import { KillingPath } from '../../support/killing-path.ts';
import { openAlone } from '../../support/open-service.ts';
import { Stations } from '../../support/stations.ts';
import { until } from '../../support/until.ts';

/** More commands than any of these operations takes. */
const most = 60;

// The service, and the one below it, are killed before each command that they give to the host, and after it.
describe.each(['before', 'after'] as const)('a networking service that is killed %s a command', (when) => {
  const stations = new Stations(`kill-${when}`);
  beforeAll(() => void stations.add('a'));
  afterAll(() => stations.removeAll());
  const links = () => execFileSync('ip', ['-j', 'address'], { encoding: 'utf8' });
  const wish = { name: 'lab', archetype: 'ip', options: { subnets: [{ subnet: '10.9.0.0/24' }] } };
  const access = {
    name: 'a',
    attachment: { kind: 'namespace' as const, path: stations.pathOf('a'), interface: 'eth0' },
    options: { ports: [{ published: 8080, port: 80 }] },
  };

  test('ends as if it had not been, whichever command it was', async () => {
    const before = links();
    using path = new KillingPath();
    const opened = await openAlone('ip', path.environment);
    onTestFinished(() => opened.close());
    let { service } = opened;
    let killed = 0;
    // Some of them, and others before than after.
    for (let command = full || when === 'before' ? 1 : 4; command <= most; command += full ? 1 : 6) {
      path.arm(command, when);
      const insist = async (work: () => Promise<unknown>) => {
        try {
          await work();
        } catch {
          service = await opened.restart();
          await work().catch((error) => {
            if (!isHeddleError(error, 'ERR_RESOURCE_UNKNOWN')) throw error;
          });
        }
      };
      await insist(() => service.networks.create(wish, 'network'));
      await insist(() => service.endpoints('lab').create(access, 'endpoint'));
      const what = `killed ${when} command ${command}`;
      await until(`${what}: all is ready`, async () => {
        const all = [await service.networks.read('lab'), await service.endpoints('lab').read('a')];
        return all.every(({ status }) => status.phase === 'ready');
      });
      expect(stations.run('a', 'ip', '-br', 'address', 'show', 'eth0'), what).toContain('10.9.0.2/24');
      await insist(() => service.endpoints('lab').delete('a'));
      await insist(() => service.networks.delete('lab'));
      await until(`${what}: nothing is left`, async () => {
        const lists = [
          await service.networks.list(),
          await service
            .endpoints('lab')
            .list()
            .catch(() => []),
        ];
        return lists.every((list) => list.length === 0) && links() === before;
      });
      if (!path.hasKilled) break;
      killed++;
    }
    // The last round had fewer commands than it was to be killed at.
    expect(killed).toBeGreaterThan(full ? 8 : 1);
    expect(killed).toBeLessThan(most);
    expect(execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })).not.toContain('elements');
  });
});
