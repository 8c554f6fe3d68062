import { expect, test } from 'vitest';
import { web, webErrors } from '../memory-files.ts';

const scaled = (scale: string, keys = '') => web(`${keys}\nx-heddle: { scale: ${scale} }`);

test('the replicas of a service follow metrics between bounds, as the HorizontalPodAutoscaler has them where nothing is said', () => {
  expect(scaled('{ max: 5, on: [{ cpu: 60% }] }').scaling).toEqual({
    min: 1,
    max: 5,
    on: [{ metric: 'cpu', target: 0.6 }],
    every: 15_000,
    warmup: 30_000,
    stabilization: { up: 0, down: 300_000 },
  });
  expect(web('').scaling).toBeUndefined();
});

test('all that can be said of it', () => {
  const all =
    '{ min: 2, max: 8, on: [{ cpu: 37.5 % }, { sessions: 500 }, { packets: 10000/s }, { delay: 5ms }], every: 5s, warmup: 0s, stabilization: { up: 10s, down: 1m } }';
  expect(scaled(all).scaling).toEqual({
    min: 2,
    max: 8,
    on: [
      { metric: 'cpu', target: 0.375 },
      { metric: 'sessions', target: 500 },
      { metric: 'packets', target: 10_000 },
      { metric: 'delay', target: 5 },
    ],
    every: 5000,
    warmup: 0,
    stabilization: { up: 10_000, down: 60_000 },
  });
});

test('it begins with the replicas of the file, or with the fewest', () => {
  const scale = '{ min: 2, max: 5, on: [{ cpu: 60% }] }';
  expect(scaled(scale).replicas).toBe(2);
  expect(scaled(scale, 'deploy: { replicas: 4 }').replicas).toBe(4);
});

test.each([
  ['{ max: 5 }', /^compose.yaml:4:17: .*scale.on: expected a list of metrics such as/],
  ['{ on: [{ cpu: 60% }] }', /scale.max: .*is missing/],
  ['{ max: 5, on: [] }', /scale.on: expected one metric or more/],
  ['{ max: 5, on: [{}] }', /scale.on\[0\]: expected one of cpu, sessions, packets, delay/],
  ['{ max: 5, on: [{ cpu: 60%, sessions: 5 }] }', /scale.on\[0\]: expected one of/],
  ['{ max: 5, on: [{ cpu: 60% }, { cpu: 70% }] }', /scale.on: expected each metric once/],
  ['{ max: 5, on: [{ cpu: 0% }] }', /cpu: expected a share of a replica’s CPU limit.*got "0%"/],
  ['{ max: 5, on: [{ cpu: NaN% }] }', /cpu: expected a share/],
  ['{ max: 5, on: [{ memory: 60% }] }', /on\[0\].memory: Heddle does not know this key/],
  ['{ max: 5, on: [{ packets: "100" }] }', /packets: expected packets in a second such as 10000\/s/],
  ['{ max: 5, on: [{ sessions: 0 }] }', /sessions: expected a number of connections/],
  ['{ max: 5, on: [{ delay: 0s }] }', /delay: expected a duration such as 5ms/],
  ['{ min: 0, max: 5, on: [{ cpu: 60% }] }', /scale.min: expected a number of replicas from 1 to 1000/],
  ['{ max: 5000, on: [{ cpu: 60% }] }', /scale.max: expected a number of replicas/],
  ['{ max: 5, on: [{ cpu: 60% }], every: 10ms }', /scale.every: expected a duration of 1s to 24h/],
  [
    '{ min: 4, max: 3, on: [{ cpu: 60% }] }',
    /ERR_COMPOSE_CONFLICT: .*scale.min: at least 4 replicas cannot be at most 3/,
  ],
])('scale: %s is refused at its place', (scale, message) => {
  expect(webErrors(`x-heddle: { scale: ${scale} }`).join('\n')).toMatch(message);
});
