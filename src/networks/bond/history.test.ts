import { expect, test } from 'vitest';
import { History } from './history.ts';

test('falls are of five minutes, errors of one, bytes of ten seconds', () => {
  const history = new History();
  const take = (at: number, falls: number, errors: number, sent: number) =>
    history.take('eth1', { falls, errors, sent }, at * 1000);
  expect(take(0, 5, 5, 5)).toEqual({ falls: 0, errors: 0, sent: 0 });
  expect(take(5, 6, 7, 1005)).toEqual({ falls: 1, errors: 2, sent: 1000 });
  expect(take(20, 6, 7, 2005)).toEqual({ falls: 1, errors: 2, sent: 1000 });
  expect(take(90, 6, 7, 2005)).toEqual({ falls: 1, errors: 0, sent: 0 });
  expect(take(400, 6, 7, 2005)).toEqual({ falls: 0, errors: 0, sent: 0 });
});

test('an interface that was made anew counts from nothing', () => {
  const history = new History();
  history.take('eth1', { falls: 3, errors: 9, sent: 1000 }, 0);
  expect(history.take('eth1', { falls: 0, errors: 0, sent: 10 }, 1000)).toEqual({
    falls: 0,
    errors: 0,
    sent: 0,
  });
});
