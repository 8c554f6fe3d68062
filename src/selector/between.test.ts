import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';

const application = (latency: string) => `
services:
  web: { image: a, networks: [front] }
  job: { image: a, networks: [back] }
  db: { image: a, networks: [front, back] }
networks: { front: {}, back: {} }
x-heddle: { manage: { latency: [${latency}] } }
`;

test('an agent that several requests share is on the networks of all of them, the others on their own', () => {
  const spec = specOf(application('{ from: web, to: db }, { from: job, to: db }'));
  const networks = spec.pods
    .filter((pod) => pod.role === 'agent')
    .map(({ name, sandbox }) => [
      name,
      sandbox.kind === 'own' && sandbox.networks.map(({ network }) => network),
    ]);
  expect(Object.fromEntries(networks)).toEqual({
    'shop.latency.web-db.sender': ['shop_front'],
    'shop.latency.job-db.sender': ['shop_back'],
    'shop.latency.db.reflector': ['shop_front', 'shop_back'],
  });
});

test('no agent passes anything on from one network to another', () => {
  const { pods } = specOf(application('{ from: web, to: db }'));
  for (const { role, sandbox } of pods) {
    if (role !== 'agent' || sandbox.kind !== 'own') continue;
    expect(sandbox.sysctls).toEqual({ 'net.ipv4.ip_forward': '0' });
  }
});

test.each([
  [
    '{ from: web, to: db }, { from: web, to: db, every: 1s }',
    /latency\.1: latency from web to db is asked for twice/,
  ],
  ['{ from: web, to: job }', /web and job are on no common network/],
  ['{ from: web, to: dv }', /latency\.0\.to: no service named "dv" \(did you mean "db"/],
  ['{ from: web, to: db, every: 5ms }', /latency\.0\.every: .* from 10ms to 10s/],
  ['{ from: web, to: db, every: 11s }', /latency\.0\.every: /],
  ['{ from: web, to: db, objective: { p99: soon } }', /latency\.0\.objective\.p99: .* such as 20ms/],
  ['{ from: web, to: db, objective: {} }', /latency\.0\.objective: /],
  ['{ from: web, to: db, evry: 1s }', /latency\.0\.evry: no such parameter \(did you mean "every"/],
  ['{ from: web }', /latency\.0: .*'to'/],
])('%s is refused', (latency, message) => {
  expect(() => specOf(application(latency))).toThrow(message);
});
