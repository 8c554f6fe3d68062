import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fileState, watchText } from './watch.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-watch-'));
const file = path.join(folder, 'edge.yaml');
const read = vi.fn();
const problem = vi.fn();
const soon = { interval: 5, timeout: 10_000 };
let end: () => void;

beforeEach(() => {
  vi.resetAllMocks();
  writeFileSync(file, 'a');
  end = watchText(file, read, problem);
  return () => end();
});
afterEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['written', () => writeFileSync(file, 'b')],
  [
    'replaced',
    () => {
      writeFileSync(`${file}.new`, 'b');
      renameSync(`${file}.new`, file);
    },
  ],
  ['removed', () => rmSync(file)],
])('a file that is %s is read again, a moment later and once', async (_, change) => {
  change();
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1), soon);
});

test('what changed between reading and watching is read', async () => {
  end();
  const since = fileState(file);
  writeFileSync(file, 'bb');
  end = watchText(file, read, problem, since);
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1), soon);
});

test('what is wrong for a moment only is not told of', async () => {
  read.mockImplementationOnce(() => {
    throw new Error('half of it');
  });
  writeFileSync(file, 'b');
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(2), soon);
  expect(problem).not.toHaveBeenCalled();
});

test('what stays wrong is told of', async () => {
  read.mockImplementation(() => {
    throw new Error('wrong');
  });
  writeFileSync(file, 'b');
  await vi.waitFor(() => expect(problem).toHaveBeenCalledExactlyOnceWith(new Error('wrong')), soon);
});
