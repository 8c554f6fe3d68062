import { expect, test } from 'vitest';
import { exitIn } from './state.ts';

test.each([
  ['INFO     error - ../src/lxc/error.c:lxc_error_set_and_log:31 - Child <73> ended on error (7)\n', 7],
  [
    'INFO     error - ../src/lxc/error.c:lxc_error_set_and_log:34 - Child <165> ended on signal Killed(9)\n',
    137,
  ],
  ['NOTICE   start - started\n', undefined],
  ['', undefined],
])('%j: %j', (text, code) => {
  expect(exitIn(text)).toBe(code);
});
