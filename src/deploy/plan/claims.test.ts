import { expect, test } from 'vitest';
import { specOf } from '../../../test/support/compose.ts';
import { deployed, hash } from '../../../test/support/observed.ts';
import { nothing } from '../observed.ts';
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

test('so it is on networks that are not the engine’s: who had it is off them before', () => {
  const ofHeddle = (text: string) =>
    text.replace('networks: { default: {', 'networks: { default: { x-heddle: { archetype: ip },');
  const [one, other] = ['ports: ["8080:80"]', 'ports: ["8081:80"]'];
  const [before, now] = [ofHeddle(file(one, other)), ofHeddle(file(other, one))];
  const waits = after(before, now, 'connectEndpoint shop-a-1 shop_default');
  expect(waits).toContain('disconnectEndpoint shop-b-1 shop_default');
});

test('who has an address by the file gets it before others are given what is free', () => {
  const text = `
services:
  a: { image: nginx }
  b: { image: nginx, networks: { default: { ipv4_address: 10.0.0.2 } } }
networks: { default: { ipam: { config: [{ subnet: 10.0.0.0/24 }] }, x-heddle: { archetype: ip } } }
`;
  const { steps } = plan(specOf(text), nothing, { hash, mode: 'up' });
  const waits = (pod: string) => steps.find(({ id }) => id === `connectEndpoint ${pod} shop_default`)?.after;
  expect(waits('shop-a-1')).toContain('connectEndpoint shop-b-1 shop_default');
  expect(waits('shop-b-1')).not.toContain('connectEndpoint shop-a-1 shop_default');
});
