import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { hash } from '../../test/support/observed.ts';
import { nothing } from './observed.ts';
import { plan } from './plan/plan.ts';
import { urgencyOf } from './urgency.ts';

test('what an application waits for comes before what only watches it', () => {
  const spec = specOf(`
services:
  web: { image: a, x-heddle: { manage: { flows: true, firewall: true } } }
`);
  const { steps } = plan(spec, nothing, { hash, mode: 'up' });
  const later = steps.filter((step) => urgencyOf(step) === 0).map(({ id }) => id);
  expect(later).toEqual([
    'createSandbox shop.flows',
    'connectManagement shop.flows',
    'createContainer shop.flows.collector',
    'connectManagement shop-web-1',
    'createContainer shop-web-1.flows.probe',
  ]);
});
