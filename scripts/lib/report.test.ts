import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { failuresOf, readReport, reporters, reportTo } from './report.mjs';
import { root } from './setup.mjs';

/** Milliseconds: each starts another vitest, which takes its time where much else runs. */
const timeout = 180_000;

/** What is reported of a file of tests. */
function reportOf(text: string) {
  // In the clone, where vitest is found.
  const folder = mkdtempSync(path.join(root, 'node_modules', '.report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    path.join(folder, 'a.test.mjs'),
    `import { afterAll, describe, test } from 'vitest';\n${text}`,
  );
  const report = path.join(folder, 'report.json');
  spawnSync(
    process.execPath,
    [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--root', folder, ...reporters],
    { env: { ...process.env, ...reportTo(report) }, encoding: 'utf8' },
  );
  return readReport(report);
}

test('a test that failed, a hook of a block of them, and a file that cannot be read are named, with the reason', {
  timeout,
}, () => {
  const { passed, failures } = reportOf(`
    test('adds', () => {});
    describe('a list', () => {
      afterAll(() => { throw new Error('left behind: a list'); });
      test('is sorted', () => { throw new Error('no'); });
      test('is long', () => {});
    });`);
  expect(passed).toBe(2);
  expect(failures).toHaveLength(2);
  expect(failures[0]).toMatch(/a\.test\.mjs > a list\n {4}Error: left behind: a list/);
  expect(failures[1]).toMatch(/a\.test\.mjs > a list > is sorted\n {4}Error: no\n/);
  const unread = reportOf(`import 'nowhere';`);
  expect(unread.passed).toBe(0);
  expect(unread.failures.join()).toMatch(/a\.test\.mjs\n.*nowhere/);
});

test('so is what ended badly beside the tests', { timeout }, () => {
  const { failures } = reportOf(`test('adds', () => { setTimeout(() => { throw new Error('too late'); }); });
    test('waits', () => new Promise((resolve) => setTimeout(resolve, 50)));`);
  expect(failures.join()).toMatch(/beside the tests\n {4}Error: too late/);
});

test('a long reason is cut', () => {
  const messages = [Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')];
  const failed = [{ file: '/clone/a.test.ts', name: 'a', messages }];
  expect(failuresOf({ failed, problems: [] }, '/clone').join().split('\n')).toHaveLength(25);
});

test('what reported nothing, or half of it, has no test that passed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'report.json');
  expect(readReport(file)).toEqual({ passed: 0, failures: [] });
  writeFileSync(file, '{"passed": 4,');
  expect(readReport(file)).toEqual({ passed: 0, failures: [] });
});
