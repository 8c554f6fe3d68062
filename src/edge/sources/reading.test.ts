import { expect, test } from 'vitest';
import { Reading } from './reading.ts';

test('a source is heard from when it told something until it fails', () => {
  let now = 1000;
  const reading = new Reading('kubernetes berlin', () => now);
  expect(reading.read()).toEqual({
    source: 'kubernetes berlin',
    isReachable: false,
    errors: 0,
    readAt: undefined,
  });
  reading.changed();
  now = 2000;
  reading.failed();
  expect(reading.read()).toMatchObject({ isReachable: false, errors: 1, readAt: 1000 });
  reading.succeeded();
  expect(reading.read()).toMatchObject({ isReachable: true, errors: 1, readAt: 2000 });
});

test('what was kept of one that is gone is no word of it', () => {
  const reading = new Reading('kubernetes berlin');
  reading.failed();
  reading.changed();
  expect(reading.read()).toMatchObject({ isReachable: false, errors: 1, readAt: undefined });
});
