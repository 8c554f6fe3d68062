import { expect, onTestFinished, test } from 'vitest';
import { farPod } from '../../../test/support/far-pod.ts';
import { farSandbox } from '../../deploy/far.ts';
import type { ObservedAddress } from '../../engines/observed.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { FarWatch } from './far-watch.ts';

test('an application is looked at when somebody of it is somewhere else than before, on another node', async () => {
  const pod = farPod('db');
  const here = { project: 'local' } as DeploymentSpec;
  const spread = { project: 'shop', elsewhere: [pod] } as unknown as DeploymentSpec;
  let at: ObservedAddress[] = [];
  let looks = 0;
  const looked: string[] = [];
  const watch = new FarWatch({
    far: {
      sandboxes: async () => {
        looks++;
        return [farSandbox(pod, at)];
      },
    },
    specs: () => [here, spread],
    look: (project) => looked.push(project),
  });
  onTestFinished(() => watch.stop());
  watch.start();
  await expect.poll(() => looks).toBeGreaterThan(1);
  expect(looked).toEqual([]);
  at = [{ network: 'shop_lab', ipv4: '10.77.0.3', mac: '02:00:00:00:00:03' }];
  await expect.poll(() => looked, { timeout: 5000 }).toEqual(['shop']);
  const seen = looks;
  await expect.poll(() => looks, { timeout: 5000 }).toBeGreaterThan(seen + 1);
  expect(looked).toEqual(['shop']);
});
