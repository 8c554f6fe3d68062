import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { hash } from '../../test/support/observed.ts';
import type { Engine } from '../engines/engine.ts';
import type { DeployContext } from './context.ts';
import { nothing } from './observed.ts';
import { plan } from './plan/plan.ts';
import { preflight } from './preflight.ts';

const services = Object.fromEntries(
  Array.from({ length: 50 }, (_, index) => [`s${index}`, { image: 'nginx' }]),
);
const spec = specOf(JSON.stringify({ services }));
const names = spec.pods.flatMap(({ containers }) => containers.map(({ name }) => name));

function checked(taken: readonly string[]) {
  const asked: string[] = [];
  const workloads = {
    containerNames: async () => {
      asked.push('containers');
      return new Set(taken);
    },
    cannot: () => undefined,
  };
  const engine = { workloads, offers: new Set(['host']) } as unknown as Engine;
  const done = preflight(
    { engine, spec } as DeployContext,
    nothing,
    plan(spec, nothing, { hash, mode: 'up' }),
  );
  return { done, asked };
}

test('the engine is asked once for the names of containers, however many are to be made', async () => {
  const { done, asked } = checked(['other']);
  await done;
  expect(asked).toEqual(['containers']);
});

test('a name that somebody else’s container has is refused', async () => {
  await expect(checked([names[7] ?? '']).done).rejects.toMatchObject({
    code: 'ERR_NAME_IN_USE',
    message: `there is a container ${names[7]} that is not of ${spec.project}`,
  });
});
