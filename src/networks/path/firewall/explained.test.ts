import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../../..');
const page = readFileSync(path.join(root, 'docs/explanation/firewall.md'), 'utf8');
const tests = [
  'test/e2e/features/firewall.test.ts',
  'test/e2e/features/firewall-identity.test.ts',
  'src/networks/path/firewall/ruleset.test.ts',
]
  .map((name) => readFileSync(path.join(root, name), 'utf8'))
  .join('\n');

/** The lines of the table of what it protects from: their last cells name tests. */
const rows = page
  .slice(page.indexOf('## It protects from'), page.indexOf('## It does not'))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what |'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('each line of what the firewall protects from is a test', () => {
  expect(rows.length).toBeGreaterThan(10);
  for (const [, what, , named = ''] of rows) {
    const titles = [...named.matchAll(/`([^`]+)`/g)].map(([, title]) => title ?? '');
    expect(titles, what).not.toEqual([]);
    for (const title of titles) expect(tests, `${what}: the test "${title}"`).toContain(title);
  }
});
