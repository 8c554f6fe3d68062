import { expect, test } from 'vitest';
import { declaredDistance } from './declared.ts';

const site = (name: string, latitude?: number, longitude?: number) => ({
  name,
  gateway: [],
  prefer: [],
  ...(latitude !== undefined && longitude !== undefined && { location: { latitude, longitude } }),
});
const sites = {
  helsinki: site('helsinki', 60.17, 24.94),
  berlin: site('berlin', 52.52, 13.4),
  nowhere: site('nowhere'),
};

test('is the time that light in fibre takes there and back', () => {
  // 1105 km as the crow flies.
  expect(declaredDistance(sites, 'helsinki', 'berlin').milliseconds).toBeCloseTo(11.05, 1);
  expect(declaredDistance(sites, 'berlin', 'helsinki').milliseconds).toBeCloseTo(11.05, 1);
});

test('is nothing at the site itself, and unknown without a position', () => {
  expect(declaredDistance(sites, 'nowhere', 'nowhere').milliseconds).toBe(0);
  expect(declaredDistance(sites, 'helsinki', 'nowhere')).toMatchObject({ basis: 'unknown' });
});
