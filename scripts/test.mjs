// `npm test`: sets up, then runs everything, and ends with the line `N passed, N failed`.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { debianTool } from './lib/debian-tool.mjs';
import { countsOf, groupNames, runGroups } from './lib/groups.mjs';
import { dockerCompose, newerDebianTool } from './lib/newer-debian-tool.mjs';
import { root, run, setUp, stop, toTest } from './lib/setup.mjs';

// The long matrices too: every step of up and down is killed on Docker as on Podman, and ten times the mutations; and a real
// Kubernetes API server, which is built the first time.
const full = process.argv.includes('--full') || process.env.HEDDLE_TEST_FULL === '1';
if (full) process.env.HEDDLE_TEST_FULL = '1';

const only = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const checks = {
  lint: ['node_modules/.bin/biome', ['ci', '--error-on-warnings', '.']],
  types: ['node', ['node_modules/ts7/bin/tsc', '-p', 'tsconfig.json']],
  imports: ['node', ['node_modules/.bin/depcruise', 'src', '--config', '.dependency-cruiser.cjs']],
  reference: ['node', ['scripts/docs.mjs', '--check']],
  'dead code': ['node', ['node_modules/.bin/knip', '--no-progress']],
};
const suites = ['unit', ...(full ? ['full'] : [])];
const groups = groupNames.filter((name) => only.includes(name));
const isAsked = (name) => only.length === 0 || only.includes(name) || (name === 'e2e' && groups.length > 0);
const parts = ['checks', ...suites, 'e2e', ...groupNames];
const unknown = only.filter((name) => !parts.includes(name));
if (unknown.length > 0) stop(`There is no ${unknown.join(', ')}; there are ${parts.join(', ')}.`);

await setUp(toTest);
if (isAsked('e2e')) {
  debianTool('prometheus', 'usr/bin/promtool');
  debianTool('prometheus', 'usr/bin/prometheus');
  newerDebianTool(dockerCompose);
}
if (full && isAsked('full') && run('node', ['scripts/kubernetes.mjs']) !== 0) process.exit(1);

let passed = 0;
let failed = 0;

for (const [name, [program, args]] of Object.entries(checks)) {
  if (!isAsked('checks')) continue;
  console.log(`\n— ${name}`);
  if (run(program, args) === 0) passed++;
  else failed++;
}
for (const suite of suites) {
  if (!isAsked(suite)) continue;
  console.log(`\n— ${suite} tests`);
  const counts = runSuite(suite);
  passed += counts.passed;
  failed += counts.failed;
}
if (isAsked('e2e')) {
  const counts = await runGroups(groups.length > 0 ? groups : groupNames);
  passed += counts.passed;
  failed += counts.failed;
}

if (!full && isAsked('e2e'))
  console.log(
    '\nNot run: the long matrices, and the tests on a real Kubernetes API server (npm run test:full).',
  );
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function runSuite(suite) {
  const report = path.join(root, '.cache', `${suite}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = run('node', ['node_modules/vitest/vitest.mjs', 'run', '--project', suite, ...reporters]);
  const counts = countsOf(report);
  // A suite that ended badly without a failed test (an error at load, a crash) is a failure all the same.
  return { ...counts, failed: counts.failed === 0 && status !== 0 ? 1 : counts.failed };
}
