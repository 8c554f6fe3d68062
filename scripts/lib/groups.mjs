// The end-to-end tests, group by group, some side by side: most of them wait more than they work.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ended, hasRooms, imageStore, inRoom } from './room.mjs';
import { root, run } from './setup.mjs';

const folder = path.join(root, 'test/e2e');
/** So many groups at once on two cores. Three take 15 minutes in place of 17, but then what has to answer in time now and then does not. */
const lanes = 2;

/** The groups that there are. */
export const groupNames = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Runs groups; returns how many tests passed and failed. */
export async function runGroups(names) {
  const budgets = JSON.parse(readFileSync(path.join(folder, 'groups.json'), 'utf8'));
  const groups = names.map((name) => ({ name, ...budgets[name] }));
  if (run('node', ['test/support/setup-process.ts']) !== 0) return { passed: 0, failed: 1 };
  const store = imageStore();
  const rooms = await hasRooms(store);
  if (!rooms) console.log('This machine lets no rooms be made for groups of tests: one runs after another.');
  const waiting = groups.sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  const outcomes = [];
  const lane = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      outcomes.push(await runGroup(group, rooms && group.room !== false ? store : undefined));
    }
  };
  await Promise.all(Array.from({ length: rooms ? lanes : 1 }, lane));
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function runGroup({ name, seconds }, store) {
  console.log(`\n— end-to-end tests, ${name}: at work`);
  const [report, log] = ['json', 'log'].map((kind) => path.join(root, '.cache', `e2e-${name}.${kind}`));
  rmSync(report, { force: true });
  const output = openSync(log, 'w');
  // Not this process's own program: what was set up first in PATH is newer.
  const command = [
    ...['node', 'node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    `test/e2e/${name}/`,
  ];
  const options = {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...process.env, HEDDLE_TEST_READY: '1', npm_config_offline: 'true' },
  };
  const began = performance.now();
  const status = store
    ? await inRoom(store, command, options)
    : await ended(spawn(command[0], command.slice(1), options));
  closeSync(output);
  const took = Math.round((performance.now() - began) / 1000);
  console.log(`\n— end-to-end tests, ${name}: ${took} s\n${readFileSync(log, 'utf8')}`);
  const counts = countsOf(report);
  const problems = [];
  // A group that ended badly without a failed test (an error at load, a crash) is a failure all the same.
  if (counts.failed === 0 && status !== 0) problems.push(`${name}: vitest ended with exit code ${status}`);
  if (seconds === undefined) problems.push(`${name}: it has no budget in test/e2e/groups.json`);
  else if (took > 1.5 * seconds) problems.push(`${name}: ${took} s, its budget is ${seconds} s`);
  for (const problem of problems) console.log(problem);
  return { passed: counts.passed, failed: counts.failed + problems.length };
}

export function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}
