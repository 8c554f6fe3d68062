import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';

const hooked = 'function: { mode: wire, hooks: { configure: [m] } }';
const file = (services: string) => `services:\n${services}`;
const refusal = (services: string) => {
  try {
    specOf(file(services));
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

test('who uses outputs finds them in a folder for each function', () => {
  const spec = specOf(
    file(`  fw: { image: f, x-heddle: { ${hooked} } }\n  db: { image: d, x-heddle: { outputsOf: [fw] } }`),
  );
  const db = spec.pods.find(({ name }) => name === 'shop-db-1')?.containers[0];
  expect(db).toMatchObject({
    outputsOf: ['fw'],
    mounts: [{ type: 'state', source: 'outputs/fw', target: '/run/heddle/functions/fw', readOnly: true }],
  });
});

test('outputs that nobody gives are refused', () => {
  expect(
    refusal(`  fw: { image: f, x-heddle: { ${hooked} } }\n  db: { image: d, x-heddle: { outputsOf: [fv] } }`),
  ).toMatch(
    /3:\d+: error ERR_UNKNOWN_REFERENCE: services.db.x-heddle.outputsOf.0: no function with hooks is called "fv" \(did you mean "fw"\?\)/,
  );
  expect(
    refusal(
      '  fw: { image: f, x-heddle: { function: wire } }\n  db: { image: d, x-heddle: { outputsOf: [fw] } }',
    ),
  ).toContain('give it hooks');
});

test('whoever gives them waits for nobody who uses them', () => {
  expect(
    refusal(
      `  fw: { image: f, depends_on: [db], x-heddle: { ${hooked} } }\n  db: { image: d, x-heddle: { outputsOf: [fw] } }`,
    ),
  ).toContain('ERR_DEPENDENCY_CYCLE: services.db.x-heddle.outputsOf.0: fw waits for db');
  expect(refusal(`  fw: { image: f, x-heddle: { ${hooked}, outputsOf: [fw] } }`)).toContain(
    'ERR_DEPENDENCY_CYCLE',
  );
});
