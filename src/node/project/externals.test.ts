import { expect, test } from 'vitest';
import { describeText } from '../../../test/support/compose.ts';
import { withExternals } from './externals.ts';

const there = [
  { name: 'lab', archetype: 'ip', options: { internal: true } },
  { name: 'shop_own', archetype: 'sdn', options: {} },
];
const networksOf = (networks: string) =>
  withExternals(
    describeText(`services: { web: { image: nginx, networks: [lab] } }\nnetworks:\n  ${networks}\n`),
    there,
  ).application.networks;

test('an external network is what Heddle has under its name', () => {
  expect(networksOf('lab: { external: true }')['lab']).toMatchObject({
    name: 'lab',
    archetype: 'ip',
    internal: true,
    archetypeOptions: { internal: true },
  });
  expect(networksOf('lab: { name: shop_own, external: true }')['lab']).toMatchObject({ archetype: 'sdn' });
});

test('what Heddle has none of is the engine’s, and what is not external is the project’s own', () => {
  expect(networksOf('lab: { name: theirs, external: true }')['lab']).not.toHaveProperty('archetype');
  // Where there are two of one name, the file says which.
  const engines = networksOf('lab: { external: true, x-heddle: { archetype: engine } }')['lab'];
  expect(engines).toMatchObject({ archetype: 'engine' });
  expect(networksOf('lab: { name: lab }')['lab']).not.toHaveProperty('archetype');
});

test('one that is not of the archetype that the file says is refused, with its place', () => {
  expect(() => networksOf('lab: { external: true, x-heddle: { archetype: sdn } }')).toThrow(
    /3:\d+.*lab is there, and is of ip/,
  );
});
