import { expect, test } from 'vitest';
import { archetypes } from './archetypes.ts';
import type { DriverContext } from './standard/archetype.ts';
import { archetypeDescription, describeArchetype } from './standard/archetype-description.ts';

test('an archetype comes after those that it uses', () => {
  archetypes.forEach(({ uses }, index) => {
    const before = archetypes.slice(0, index).map(({ name }) => name);
    expect(before).toEqual(expect.arrayContaining([...uses]));
  });
});

test.each(archetypes.map((one) => [one.name, one] as const))(
  '%s is described as it is answered, and survives JSON',
  (_name, archetype) => {
    const described = describeArchetype(archetype);
    expect(archetypeDescription.parse(JSON.parse(JSON.stringify(described)))).toEqual(described);
  },
);

test('what has a default need not be said', () => {
  const ip = describeArchetype(archetypes.find(({ name }) => name === 'ip') ?? expect.unreachable());
  expect(ip.networkOptions).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { internal: { type: 'boolean', default: false } },
  });
  expect(ip.networkOptions['required'] ?? []).toEqual([]);
});

test.each(archetypes)(
  '$name says just what its driver lets be read of traffic',
  ({ traffic = [], ...archetype }) => {
    const driver = archetype.driver({ folder: '/nowhere' } as DriverContext);
    const reads = (['counters', 'flows', 'trace'] as const).filter((one) => driver[one] !== undefined);
    expect(traffic).toEqual(reads);
  },
);
