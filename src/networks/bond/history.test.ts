import { expect, test } from 'vitest';
import { History } from './history.ts';

test('falls are of five minutes, errors of one, bytes of ten seconds', () => {
  const history = new History();
  const take = (at: number, falls: number, errors: number, sent: number) =>
    history.take('eth1', { falls: [falls], errors, sent }, at * 1000);
  expect(take(0, 5, 5, 5)).toEqual({ falls: 0, errors: 0, sent: 0, failures: 5 });
  expect(take(5, 6, 7, 1005)).toMatchObject({ falls: 1, errors: 2, sent: 1000, failures: 6 });
  expect(take(20, 6, 7, 2005)).toMatchObject({ falls: 1, errors: 2, sent: 1000 });
  expect(take(90, 6, 7, 2005)).toMatchObject({ falls: 1, errors: 0, sent: 0 });
  expect(take(400, 6, 7, 2005)).toMatchObject({ falls: 0, errors: 0, sent: 0, failures: 6 });
});

test('counters that begin anew, or that nobody can read for a while, make no falls of their own', () => {
  const history = new History();
  const take = (at: number, falls: number | undefined, sent: number) =>
    history.take('eth1', { falls: falls === undefined ? falls : [falls], errors: 0, sent }, at);
  take(0, 7, 1000);
  expect(take(1000, undefined, 1000)).toMatchObject({ falls: 0, failures: 7 });
  expect(take(2000, 7, 1000)).toMatchObject({ falls: 0, failures: 7 });
  // An interface, and a switch, of which each began anew.
  expect(take(3000, 1, 10)).toMatchObject({ falls: 1, failures: 8, sent: 10 });
});

test('what is known of falls only later is none that happened lately', () => {
  const history = new History();
  history.take('eth1', { falls: undefined, errors: 0, sent: 0 }, 0);
  expect(history.take('eth1', { falls: [9], errors: 0, sent: 0 }, 1000)).toMatchObject({
    falls: 0,
    failures: 9,
  });
});

test('where several count, the one that saw most is right, whenever it began', () => {
  const history = new History();
  const take = (at: number, ...falls: number[]) => history.take('eth1', { falls, errors: 0, sent: 0 }, at);
  expect(take(0, 2, 40)).toMatchObject({ falls: 0, failures: 2 });
  // A silence, which has a carrier.
  expect(take(1000, 3, 40)).toMatchObject({ falls: 1, failures: 3 });
  // One that both saw, one after the other, and one that was too short for the driver.
  expect(take(2000, 3, 41)).toMatchObject({ falls: 1, failures: 3 });
  expect(take(3000, 4, 43)).toMatchObject({ falls: 3, failures: 5 });
});
