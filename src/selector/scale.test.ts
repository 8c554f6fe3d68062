import { expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';

const text = `
services:
  web: { image: a, x-heddle: { manage: { flows: true } } }
  db: { image: a, ports: ["3306:3306"] }
`;
const names = (scale: Record<string, number>) => specOf(text, { scale }).pods.map(({ name }) => name);

test('replicas take their agents along, none at all if there are none', () => {
  expect(names({ web: 2 })).toEqual(['shop-web-1', 'shop-web-2', 'shop-db-1', 'shop.flows']);
  const { pods } = specOf(text, { scale: { web: 2 } });
  expect(pods[1]?.containers.map(({ key }) => key)).toEqual(['app', 'flows.probe']);
  expect(names({ web: 0 })).toContain('shop-db-1');
  expect(names({ web: 0 })).not.toContain('shop-web-1');
});

test('a service that there is not, or that cannot have so many, is refused', () => {
  expect(() => names({ wob: 2 })).toThrow(
    /ERR_SERVICE_UNKNOWN: shop has no service "wob" \(did you mean "web"/,
  );
  expect(() => names({ db: 2 })).toThrow(/2 replicas cannot all publish port 3306/);
});
