import { expect, test } from 'vitest';
import { HeddleError, toHeddleError } from './errors.ts';

test('what was not foreseen is a defect, and a full disk is none', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(toHeddleError(full)).toMatchObject({ code: 'ERR_DISK_FULL', cause: full });
  expect(toHeddleError(new TypeError('x is undefined')).code).toBe('ERR_INTERNAL');
  expect(toHeddleError(undefined).code).toBe('ERR_INTERNAL');
  const known = new HeddleError('ERR_USAGE', 'no');
  expect(toHeddleError(known)).toBe(known);
});
