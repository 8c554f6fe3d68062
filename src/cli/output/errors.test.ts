import { afterEach, expect, test, vi } from 'vitest';
import { HeddleError, SeveralErrors } from '../../lib/errors.ts';
import { printError } from './errors.ts';

afterEach(() => vi.restoreAllMocks());

function printed(error: unknown): string[] {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  printError(error);
  return write.mock.calls.map(([text]) => String(text).trimEnd());
}

test('what failed is named with its reason, on every node', () => {
  const port = new HeddleError('ERR_NETWORK', 'port 80 is taken', { hint: 'take another' });
  const node = (name: string) => new SeveralErrors('ERR_STEP_FAILED', `node ${name}: 1 step failed`, [port]);
  expect(
    printed(new SeveralErrors('ERR_STEP_FAILED', 'shop failed on 2 nodes', [node('a'), node('b')])),
  ).toEqual([
    'error ERR_STEP_FAILED: shop failed on 2 nodes',
    '  ERR_STEP_FAILED: node a: 1 step failed',
    '    ERR_NETWORK: port 80 is taken',
    '      take another',
    '  ERR_STEP_FAILED: node b: 1 step failed',
    '    ERR_NETWORK: port 80 is taken',
    '      take another',
  ]);
});
