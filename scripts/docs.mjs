// Writes the parts of the reference that follow from the code. `--check` only compares, and fails when they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorCodes } from '../src/lib/error-codes.ts';

const file = path.resolve(import.meta.dirname, '../docs/reference/errors.md');
const rows = Object.entries(errorCodes)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, { meaning, remedy }]) => `| \`${code}\` | ${cell(meaning)} | ${cell(remedy)} |`);
const text = `# Errors

A command that fails ends with one message and exit code 1; 2 when the command line was not understood. Codes never change
their meaning. This page is generated from \`src/lib/error-codes.ts\` by \`npm run docs\`.

| code | what happened | what to do |
|---|---|---|
${rows.join('\n')}
`;

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is not what the code says: run npm run docs\n`);
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}

function cell(content) {
  return content.replaceAll('|', '\\|');
}
