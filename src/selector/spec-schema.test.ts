import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { deploymentSpec } from './spec-schema.ts';

const guarded = 'x-heddle: { manage: { firewall: { ingress: [{ ports: ["80/tcp"], from: [any] }] } } }';
const spec = specOf(`services: { web: { image: a, ${guarded} }, db: { image: b, ${guarded} } }`);
const isTaken = (pods: typeof spec.pods) => deploymentSpec.safeParse({ ...spec, pods }).success;

test('a specification is taken as it was selected', () => {
  expect(spec.pods.filter(({ path }) => path.length > 0)).toHaveLength(2);
  expect(isTaken(spec.pods)).toBe(true);
});

test.each([
  ['is not there', spec.pods.filter(({ name }) => !name.includes('db-1.firewall'))],
  ['is no function', spec.pods.map(({ function: _, ...pod }) => pod)],
  [
    'is another’s',
    spec.pods.map((pod) => (pod.path.length > 0 ? { ...pod, path: ['shop-web-1.firewall'] } : pod)),
  ],
])('one whose path leads through what %s is refused: traffic would pass nothing', (_, pods) => {
  expect(isTaken(pods)).toBe(false);
});
