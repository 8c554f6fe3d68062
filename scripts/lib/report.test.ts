import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { failuresOf, readReport } from './report.mjs';

const ok = { fullName: 'adds', status: 'passed', failureMessages: [] };
const bad = {
  fullName: 'a list is sorted',
  status: 'failed',
  failureMessages: ['\u001b[31mno\u001b[39m\n\n at x'],
};

test('a test that failed is named with its file and the reason', () => {
  const testResults = [
    { name: '/clone/a.test.ts', status: 'failed', message: '', assertionResults: [ok, bad] },
  ];
  expect(failuresOf({ testResults }, '/clone')).toEqual(['a.test.ts > a list is sorted\n    no\n     at x']);
});

test('so is a file whose tests could not begin', () => {
  const testResults = [
    { name: '/clone/a.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    { name: '/clone/b.test.ts', status: 'passed', message: '', assertionResults: [ok] },
  ];
  expect(failuresOf({ testResults }, '/clone')).toEqual(['a.test.ts\n    no such module']);
});

test('a long reason is cut', () => {
  const long = {
    ...bad,
    failureMessages: [Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')],
  };
  const testResults = [{ name: '/clone/a.test.ts', status: 'failed', message: '', assertionResults: [long] }];
  expect(failuresOf({ testResults }, '/clone').join().split('\n')).toHaveLength(7);
});

test('what reported nothing, or half of it, has no test that passed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'report.json');
  expect(readReport(file)).toEqual({ passed: 0, failures: [] });
  writeFileSync(file, '{"numPassedTests": 4,');
  expect(readReport(file)).toEqual({ passed: 0, failures: [] });
});
