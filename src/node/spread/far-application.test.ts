import { expect, test } from 'vitest';
import { farPod } from '../../../test/support/far-pod.ts';
import type { ContainerStatus } from '../../api/messages.ts';
import type { Networks } from '../../networks/standard/networking-service.ts';
import type { FarPod } from '../../selector/far-pod.ts';
import type { DependencySpec, DeploymentSpec } from '../../selector/spec.ts';
import { farApplication } from './far-application.ts';
import type { Peers } from './peers.ts';

const condition = (how: DependencySpec['condition']) => ({ service: 'db', condition: how, restart: false });
const running = { name: 'shop-db-1', state: 'running', health: null, exitCode: null };
const ended = (exitCode: number) => ({ ...running, state: 'stopped', exitCode });

/** Waits for what another node says, one answer after the other; the last is said again. */
function waiting(how: DependencySpec['condition'], pod: FarPod, ...answers: Partial<ContainerStatus>[][]) {
  let asked = 0;
  const status = async () => answers[Math.min(asked++, answers.length - 1)];
  const peers = { client: async () => ({ status }) } as unknown as Peers;
  const over = farApplication({} as Networks, peers).awaitService('shop', condition(how), [pod]);
  return over.then(() => asked);
}

test('a service of another node is waited for until it is as it is wanted', async () => {
  expect(await waiting('service_started', farPod('db'), [], [running])).toBe(2);
  expect(await waiting('service_started', farPod('db'), [ended(1)])).toBe(1);
  const healthy = ['starting', 'healthy'].map((health) => [{ ...running, health }]);
  expect(await waiting('service_healthy', farPod('db'), ...(healthy as Partial<ContainerStatus>[][]))).toBe(
    2,
  );
  expect(await waiting('service_completed_successfully', farPod('db'), [running], [ended(0)])).toBe(2);
});

test('one that ended and starts again is waited for, and no other', async () => {
  const again = farPod('db', { restart: { condition: 'on-failure' } });
  expect(await waiting('service_completed_successfully', again, [ended(1)], [running], [ended(0)])).toBe(3);
  const failed = { code: 'ERR_SERVICE_ENDED', message: 'db: shop-db-1 ended with exit code 1' };
  for (const how of ['service_completed_successfully', 'service_healthy'] as const)
    await expect(waiting(how, farPod('db'), [ended(1)])).rejects.toMatchObject(failed);
});

test('one that cannot become healthy is not waited for', async () => {
  const unhealthy = { code: 'ERR_SERVICE_UNHEALTHY' };
  await expect(waiting('service_healthy', farPod('db'), [running])).rejects.toMatchObject(unhealthy);
  const ill = [{ ...running, health: 'unhealthy' as const }];
  await expect(waiting('service_healthy', farPod('db'), ill)).rejects.toMatchObject(unhealthy);
});

test('who is elsewhere on a network that is routed is heard with the address of the host', async () => {
  const endpoint = {
    name: 'shop-db-1',
    node: 'two',
    network: 'lab',
    mac: '02:00:00:00:00:0d',
    options: { addresses: ['10.9.0.13'] },
  };
  const on = (observed: object) =>
    ({
      networks: { read: async () => ({ status: { observed } }) },
      endpoints: () => ({ read: async () => ({ ...endpoint, status: { observed: {} } }) }),
    }) as unknown as Networks;
  const spec = { elsewhere: [farPod('db', { node: 'two', networks: ['lab'] })] } as unknown as DeploymentSpec;
  const macOn = async (observed: object) =>
    (await farApplication(on(observed), undefined).sandboxes(spec))[0]?.networks[0]?.mac;
  expect(await macOn({})).toBe(endpoint.mac);
  expect(await macOn({ relay: '02:00:00:00:01:01' })).toBe('02:00:00:00:01:01');
});
