import { expect, test } from 'vitest';
import { wordsOf } from './interactive.ts';

test('what a program said is told from what Podman adds when it lost the rest', () => {
  expect(wordsOf('no rules\n')).toEqual({ said: 'no rules\n', isCutOff: false });
  const added = 'Error: read unixpacket @->/proc/self/fd/15/attach: read: connection reset by peer\n';
  expect(wordsOf(`no rules\n${added}`)).toEqual({ said: 'no rules\n', isCutOff: true });
});
