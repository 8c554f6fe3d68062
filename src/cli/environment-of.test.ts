import { expect, test } from 'vitest';
import { environmentOf } from './environment-of.ts';

test('-e with a name alone takes the value from here, and leaves out what has none', () => {
  const here = { HOME: '/root', EMPTY: '' };
  expect(environmentOf(['A=1', 'HOME', 'EMPTY', 'NONE', 'B='], here)).toEqual([
    'A=1',
    'HOME=/root',
    'EMPTY=',
    'B=',
  ]);
});
