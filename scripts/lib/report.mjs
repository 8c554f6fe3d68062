// What a run of tests reported: how many passed, and which did not, and why.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { root } from './setup.mjs';

// A line says more than a stack; the whole is in the output above.
const linesOfReason = 24;

/** What tells vitest to report as JSON besides what people read; where to, `reportTo` says. */
export const reporters = [
  '--reporter=default',
  `--reporter=${fileURLToPath(import.meta.resolve('./reporter.mjs'))}`,
];

/** The environment of a run that reports to a file. */
export const reportTo = (file) => ({ HEDDLE_TEST_REPORT: file });

/** How many tests passed, and each thing that failed as a text of a few lines; nothing of a report that is not there. */
export function readReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failures: [] };
  }
  return { passed: report.passed, failures: failuresOf(report, root) };
}

export function failuresOf({ failed, problems }, folder) {
  return [
    ...failed.map(({ file, name, messages }) => {
      const what = [path.relative(folder, file), name].filter(Boolean).join(' > ');
      return `${what}\n${reason(messages.join('\n'))}`;
    }),
    ...problems.map((message) => `beside the tests\n${reason(message)}`),
  ];
}

function reason(message) {
  const lines = stripVTControlCharacters(message).split('\n').filter(Boolean);
  return lines
    .slice(0, linesOfReason)
    .map((line) => `    ${line}`)
    .join('\n');
}
