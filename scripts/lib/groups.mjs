// The tests that take long, group by group, some side by side: most of them wait more than they work.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isEndToEnd, queuesOf } from './group-list.mjs';
import { Pace } from './pace.mjs';
import { readReport, reporters, reportTo } from './report.mjs';
import { ended, hasRooms, imageStore, inRoom } from './room.mjs';
import { root, run } from './setup.mjs';

/** Runs groups; returns how many tests passed, and what failed, a text each. `related`: files that the tests beside the code have to do with. */
export async function runGroups(groups, related) {
  if (groups.some(isEndToEnd) && run('node', ['test/support/setup-process.ts']) !== 0)
    return { passed: 0, failures: ['What the tests run could not be set up.'] };
  const store = imageStore();
  const rooms = await hasRooms(store);
  if (!rooms) console.log('This machine lets no rooms be made for groups of tests: one runs after another.');
  const outcomes = [];
  const pace = new Pace();
  void pace.run();
  const work = async (queue) => {
    for (let group = queue.shift(); group; group = queue.shift()) {
      outcomes.push(await runGroup(group, rooms && group.room !== false ? store : undefined, related, pace));
    }
  };
  const { lanes, alone } = queuesOf(groups, rooms);
  await Promise.all(lanes.map(work));
  await work(alone);
  pace.stop();
  return {
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

async function runGroup(group, store, related, pace) {
  const { name, seconds } = group;
  console.log(`\n— ${name} tests: at work`);
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  const [report, log] = ['json', 'log'].map((kind) => path.join(root, '.cache', `group-${name}.${kind}`));
  rmSync(report, { force: true });
  const output = openSync(log, 'w');
  const command = commandOf(group, related);
  const options = {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...reportTo(report), HEDDLE_TEST_READY: '1', npm_config_offline: 'true' },
  };
  const began = performance.now();
  const status = store
    ? await inRoom(store, command, options)
    : await ended(spawn(command[0], command.slice(1), options));
  closeSync(output);
  const took = Math.round((performance.now() - began) / 1000);
  console.log(`\n— ${name} tests: ${took} s\n${readFileSync(log, 'utf8')}`);
  const { passed, failures } = readReport(report);
  // A group that ended badly without a failed test (an error at load, a crash) is a failure all the same.
  if (failures.length === 0 && status !== 0) failures.push(`${name}: vitest ended with exit code ${status}`);
  const slower = pace.since(began);
  const most = Math.round(seconds * slower);
  console.log(
    `— ${name}: ${took} s of ${most} s, on a machine that takes ${slower.toFixed(1)} times as long`,
  );
  if (took > 1.5 * most) failures.push(`${name}: ${took} s, its budget is ${most} s`);
  return { passed, failures };
}

function commandOf({ name, suffix, nice }, related) {
  const which = suffix ? ['--project', name] : ['--project', 'e2e', `test/e2e/${name}/`];
  return [
    ...(nice ? ['nice', '-n', String(nice)] : []),
    ...vitest(suffix ? related : undefined),
    ...reporters,
    ...which,
  ];
}

/** Not this process's own program: what was set up first in PATH is newer. */
export function vitest(related) {
  const program = ['node', 'node_modules/vitest/vitest.mjs'];
  return related ? [...program, 'related', '--run', '--passWithNoTests', ...related] : [...program, 'run'];
}
