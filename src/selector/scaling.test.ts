import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';

const file = (scale: string, keys = '') => `
services:
  web: { image: a, ${keys} x-heddle: { scale: ${scale} } }
`;
const spec = (scale: string, keys = '', replicas?: number) =>
  specOf(file(scale, keys), replicas === undefined ? {} : { scale: { web: replicas } });

test('a specification says between which bounds a service has replicas, and what they follow', () => {
  const { scaling, pods } = spec('{ min: 2, max: 5, on: [{ cpu: 60% }] }');
  expect(scaling).toEqual([
    {
      service: 'web',
      min: 2,
      max: 5,
      on: [{ metric: 'cpu', target: 0.6 }],
      every: 15_000,
      warmup: 30_000,
      stabilization: { up: 0, down: 300_000 },
    },
  ]);
  expect(pods.map(({ name }) => name)).toEqual(['shop-web-1', 'shop-web-2']);
  expect(specOf('services: { web: { image: a } }')).not.toHaveProperty('scaling');
});

test('a number that is asked for by hand is within the bounds', () => {
  const scale = '{ min: 1, max: 5, on: [{ cpu: 60% }] }';
  expect(spec(scale, '', 5).pods).toHaveLength(5);
  expect(() => spec(scale, '', 6)).toThrow(
    /3:\d+: .*services.web.x-heddle.scale: there are from 1 to 5 replicas, and not 6/,
  );
  expect(() => spec(scale, '', 0)).toThrow(/from 1 to 5 replicas, and not 0/);
  expect(() => spec(scale, 'scale: 7,')).toThrow(/from 1 to 5 replicas, and not 7/);
});

const fn = (mode: string) =>
  `services: { fw: { image: a, network_mode: none, x-heddle: { function: ${mode}, scale: { max: 4, on: [{ delay: 5ms }] } } } }`;

test.each([
  [file('{ max: 5, on: [{ cpu: 60% }] }', 'ports: ["80:80"],'), /scale.max: .*cannot all publish port 80/],
  [
    file('{ max: 5, on: [{ cpu: 60% }] }', 'container_name: w,'),
    /scale.max: .*container_name: 5 replicas cannot all be named w/,
  ],
  [file('{ max: 5, on: [{ delay: 5ms }] }'), /scale.on\[0\].delay: .*network functions alone/],
  [
    file('{ max: 5, on: [{ cpu: 60% }, { sessions: 9 }] }', 'network_mode: host,'),
    /scale.on\[1\].sessions: .*not its own \(network_mode: host\)/,
  ],
  [fn('{ mode: route }'), /scale.max: fw has one instance, and not 4: with `mode: route`/],
  [fn('{ mode: wire, per: replica }'), /scale.max: fw has one instance for each pod that is led/],
])('what cannot be is refused where it is written', (text, message) => {
  expect(() => specOf(text)).toThrow(message);
});

test('an instance of a function of the mode wire may have others beside it', () => {
  expect(specOf(fn('wire')).scaling).toHaveLength(1);
});
