import { describe, expect, test } from 'vitest';
import { coloursFor } from './colours.ts';

const isColoured = (isTTY: boolean, env: NodeJS.ProcessEnv) => coloursFor({ isTTY }, env).red('x') !== 'x';

describe('colours', () => {
  test.each([
    ['on a terminal', true, {}, true],
    ['not in a file', false, {}, false],
    ["not in a build server's log", false, { CI: 'true' }, false],
    ['not on a terminal without colours', true, { TERM: 'dumb' }, false],
    ['not where NO_COLOR forbids them', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['in a file where FORCE_COLOR asks for them', false, { FORCE_COLOR: '1' }, true],
    ['not where FORCE_COLOR says none', true, { FORCE_COLOR: '0' }, false],
  ])('%s', (_name, isTTY, env, expected) => {
    expect(isColoured(isTTY, env)).toBe(expected);
  });
});
