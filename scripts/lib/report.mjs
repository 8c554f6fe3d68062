// What a run of vitest reported as JSON: how many tests passed, and which did not, and why.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './setup.mjs';

// A line says more than a stack; the whole is in the output above.
const linesOfReason = 6;

/** How many tests passed and failed, and each that failed as a text of a few lines; nothing of a report that is not there. */
export function readReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failures: [] };
  }
  return { passed: report.numPassedTests, failures: failuresOf(report, root) };
}

export function failuresOf({ testResults }, folder) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(folder, name);
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    // A file that could not be read, or whose setup failed, has no test that did.
    if (failed.length === 0) return status === 'failed' ? [`${file}\n${reason(message)}`] : [];
    return failed.map(
      ({ fullName, failureMessages }) => `${file} > ${fullName}\n${reason(failureMessages.join('\n'))}`,
    );
  });
}

function reason(message) {
  const lines = stripVTControlCharacters(message ?? '')
    .split('\n')
    .filter(Boolean);
  return lines
    .slice(0, linesOfReason)
    .map((line) => `    ${line}`)
    .join('\n');
}
