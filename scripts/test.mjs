// `npm test`: sets up, then runs everything, and ends with the line `N passed, N failed`.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { changedFiles, readModules } from './lib/change.mjs';
import { touched } from './lib/changed.mjs';
import { cniPlugins, debianTool } from './lib/debian-tool.mjs';
import { groups, isEndToEnd, parts } from './lib/group-list.mjs';
import { runGroups, vitest } from './lib/groups.mjs';
import { guestKernel } from './lib/guest-kernel.mjs';
import {
  dockerCompose,
  kea,
  newerDebianPrograms,
  newerDebianTool,
  newerPodman,
} from './lib/newer-debian-tool.mjs';
import { readReport, reporters, reportTo } from './lib/report.mjs';
import { root, run, setUp, stop, toTest } from './lib/setup.mjs';

// The long matrices too: every step of up and down is killed on Docker as on Podman, and ten times the mutations; and a real
// Kubernetes API server, which is built the first time.
const full = process.argv.includes('--full') || process.env.HEDDLE_TEST_FULL === '1';
if (full) process.env.HEDDLE_TEST_FULL = '1';

const suites = ['unit', ...(full ? ['full'] : [])];
const groupNames = groups.map(({ name }) => name);
const all = ['checks', ...suites, 'e2e', ...groupNames];
const { only, base } = readArguments(process.argv.slice(2));
const checks = {
  lint: ['node_modules/.bin/biome', ['ci', '--error-on-warnings', '.']],
  types: ['node', ['node_modules/ts7/bin/tsc', '-p', 'tsconfig.json']],
  imports: ['node', ['node_modules/.bin/depcruise', 'src', '--config', '.dependency-cruiser.cjs']],
  reference: ['node', ['scripts/docs.mjs', '--check']],
  'dead code': ['node', ['node_modules/.bin/knip', '--no-progress']],
};
const isAsked = (name) => only.length === 0 || only.includes(name);

await setUp(toTest);
const change = base === undefined ? undefined : readChange(base);
const asked = groups.filter(
  (group) =>
    (isAsked(group.name) || (isEndToEnd(group) && only.includes('e2e'))) &&
    (change?.groups.includes(group.name) ?? true),
);
if (asked.some(isEndToEnd)) {
  debianTool('prometheus', 'usr/bin/promtool');
  debianTool('prometheus', 'usr/bin/prometheus');
  for (const plugin of cniPlugins) debianTool('containernetworking-plugins', `usr/lib/cni/${plugin}`);
  newerDebianTool(dockerCompose);
  newerDebianPrograms(newerPodman);
  newerDebianPrograms(kea);
  debianTool('busybox-static', 'bin/busybox');
  guestKernel();
}
if (full && isAsked('full') && run('node', ['scripts/kubernetes.mjs']) !== 0) process.exit(1);

let passed = 0;
const failures = [];

for (const [name, [program, args]] of Object.entries(checks)) {
  if (!isAsked('checks')) continue;
  console.log(`\n— ${name}`);
  if (run(program, args) === 0) passed++;
  else failures.push(`${name}: see above`);
}
for (const suite of suites) {
  if (!isAsked(suite)) continue;
  console.log(`\n— ${suite} tests`);
  add(runSuite(suite));
}
if (asked.length > 0) {
  add(await runGroups(asked, related()));
}

if (!full && asked.some(isEndToEnd))
  console.log(
    '\nNot run: the long matrices, and the tests on a real Kubernetes API server (npm run test:full).',
  );
if (failures.length > 0) console.log(`\nFailed:\n\n${failures.join('\n\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 && passed > 0 ? 0 : 1);

function add(outcome) {
  passed += outcome.passed;
  failures.push(...outcome.failures);
}

/** Parts to run, all when there are none, and since when changes count, if they do: `--changed [base]`, HEAD by itself. */
function readArguments(given) {
  const at = given.indexOf('--changed');
  const next = given[at + 1];
  const isBase = at >= 0 && next !== undefined && !next.startsWith('-') && !all.includes(next);
  const only = given.filter((argument, index) => !argument.startsWith('-') && !(isBase && index === at + 1));
  const unknown = only.filter((name) => !all.includes(name));
  if (unknown.length > 0) stop(`There is no ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  return { only, base: at < 0 ? undefined : isBase ? next : 'HEAD' };
}

function readChange(base) {
  const files = changedFiles(base);
  const change = touched(files, { groups, parts }, files.length > 0 ? readModules() : []);
  const units = change.units === 'all' ? 'all' : `those related to ${change.units.length} files`;
  console.log(
    `Changed since ${base}: ${files.length} files. Unit tests: ${units}. Groups: ${change.groups.join(', ') || 'none'}.`,
  );
  return change;
}

/** Files that tests beside the code have to do with, when not all of them are to run. */
function related() {
  return change === undefined || change.units === 'all' ? undefined : change.units;
}

function runSuite(suite) {
  const report = path.join(root, '.cache', `${suite}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const files = suite === 'unit' ? related() : undefined;
  if (files?.length === 0) return { passed: 0, failures: [] };
  const [program, ...args] = vitest(files);
  const env = { ...process.env, ...reportTo(report) };
  const status = run(program, [...args, '--project', suite, ...reporters], { env });
  const { passed, failures } = readReport(report);
  // A suite that ended badly without a failed test (an error at load, a crash) is a failure all the same.
  if (failures.length === 0 && status !== 0) failures.push(`${suite}: vitest ended with exit code ${status}`);
  return { passed, failures };
}
