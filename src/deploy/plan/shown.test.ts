import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { hash } from '../../../test/support/observed.ts';
import { nothing } from '../observed.ts';
import { plan } from './plan.ts';
import { shownPlan } from './shown.ts';

test('a plan that is shown says what is done to what, and no value that it is done with', () => {
  const spec = specOf('services: { web: { image: a, environment: { PLAIN: of-no-name-to-tell } } }');
  const steps = plan(spec, nothing, { hash, mode: 'up' });
  expect(JSON.stringify(steps)).toContain('of-no-name-to-tell');
  const shown = shownPlan(steps);
  expect(JSON.stringify(shown)).not.toContain('of-no-name-to-tell');
  expect(shown.steps.map(({ id }) => id)).toEqual(steps.steps.map(({ id }) => id));
  expect(Object.keys(shown.steps[0] ?? {})).toEqual(['id', 'kind', 'subject', 'reason', 'after']);
});
