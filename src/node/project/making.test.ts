import { describe, expect, test } from 'vitest';
import { describeText, specOf } from '../../../test/support/compose.ts';
import type { MakeRequest } from '../../api/project.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { followedReplicas } from './followed.ts';
import { type Maker, prepareMake } from './making.ts';

const file = (bounds: string) => `
services:
  web: { image: nginx, environment: [TOKEN], x-heddle: { scale: { ${bounds}, on: [{ cpu: 60% }] } } }
  db: { image: mariadb }
`;
const text = file('min: 2, max: 6');
const wanted = (replicas: number) => specOf(text, { scale: { web: replicas } });
const kept = (bounds: string, before: DeploymentSpec | undefined, now?: Record<string, number>) =>
  followedReplicas(describeText(file(bounds)).application.services, before, now);

describe('a service that follows metrics', () => {
  test('keeps as many replicas as are wanted, within the bounds that there are now', () => {
    expect(kept('min: 2, max: 6', wanted(4))).toEqual({ web: 4 });
    expect(kept('min: 1, max: 3', wanted(4))).toEqual({ web: 3 });
    expect(kept('min: 5, max: 6', wanted(4))).toEqual({ web: 5 });
  });

  test('begins as its file says where it did not follow any before', () => {
    expect(kept('min: 2, max: 6', undefined, { web: 3, db: 2 })).toEqual({ db: 2 });
    expect(kept('min: 2, max: 6', specOf('services: { web: { image: a, scale: 4 } }'))).toEqual({});
  });

  test('is made from what was sent, of which what is not used is not kept', async () => {
    const maker = {
      engine: {
        kind: 'podman',
        endpoint: 'unix:///run/podman.sock',
        offers: new Set(['host', 'console', 'networks']),
      },
      desired: () => ({ spec: wanted(4), stopped: [], settled: true }),
      measured: () => [],
    } as unknown as Maker;
    const found = {
      '/shop/.env': { exists: false },
      '/shop/compose.yaml': { exists: true, text },
    };
    const env = { TOKEN: 'used', AWS_SECRET_ACCESS_KEY: 'not used' };
    const project = { cwd: '/shop', env, files: ['compose.yaml'], catalogue: [], found };
    const make = async (request: MakeRequest) => {
      const made = await prepareMake(maker, request);
      return 'up' in made ? made.up : undefined;
    };
    const up = await make({ project });
    expect(up?.spec.pods.filter(({ service }) => service === 'web')).toHaveLength(4);
    expect(up?.origin?.env).toEqual({ TOKEN: 'used' });
    // It gives the same once more.
    expect((await make({ project: up?.origin ?? project }))?.spec).toEqual(up?.spec);
    expect((await make({ project, scale: { web: 5 } }))?.spec.pods).toHaveLength(6);
    await expect(make({ project, scale: { web: 7 } })).rejects.toThrow(
      /there are from 2 to 6 replicas, and not 7/,
    );
  });
});
