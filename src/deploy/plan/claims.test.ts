import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash } from '../../../test/support/observed.ts';
import { plan } from './plan.ts';

const file = (first: string, second: string) => `
services:
  a: { image: nginx, ${first} }
  b: { image: nginx, ${second} }
networks: { default: { ipam: { config: [{ subnet: 10.0.0.0/24 }] } } }
`;

function after(before: string, now: string, id: string) {
  const spec = specOf(now);
  const { steps } = plan(spec, deployed(specOf(before)), { hash, mode: 'up' });
  return steps.find((step) => step.id === id)?.after;
}

test.each([
  ['a published port', 'ports: ["8080:80"]', 'ports: ["8081:80"]'],
  [
    'a fixed address',
    'networks: { default: { ipv4_address: 10.0.0.9 } }',
    'networks: { default: { ipv4_address: 10.0.0.8 } }',
  ],
])(
  '%s that changes hands is free before it is claimed again, also when two swap theirs',
  (_what, one, other) => {
    const [before, now] = [file(one, other), file(other, one)];
    expect(after(before, now, 'createSandbox shop-a-1')).toContain('removeContainer shop-b-1.sandbox');
    expect(after(before, now, 'createSandbox shop-b-1')).toContain('removeContainer shop-a-1.sandbox');
  },
);

test('a port of a service that goes is free before another has it', () => {
  const now = 'services: { c: { image: nginx, ports: ["8080:80"] } }';
  const before = file('ports: ["8080:80"]', 'ports: ["8081:80"]');
  expect(after(before, now, 'createSandbox shop-c-1')).toContain('removeContainer shop-a-1.sandbox');
});
