// Reads what changed, and what imports what.
import { execFileSync } from 'node:child_process';
import { root, stop } from './setup.mjs';

/** Files that differ from where this branch left `base`, and those that git does not know yet; paths from the root. */
export function changedFiles(base) {
  try {
    return [
      ...git('diff', '--name-only', '--no-renames', '--merge-base', base),
      ...git('ls-files', '--others', '--exclude-standard'),
    ];
  } catch (error) {
    return stop(`What changed since ${base} cannot be told: ${error.stderr ?? error.message}`);
  }
}

/** All of the code, as dependency-cruiser gives it. A program of its own: this one's Node may be too old for it. */
export function readModules() {
  const args = [
    'src',
    'test',
    'bench',
    'scripts',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ];
  return JSON.parse(output('node', ['node_modules/.bin/depcruise', ...args])).modules;
}

function git(...args) {
  return output('git', args).split('\n').filter(Boolean);
}

function output(program, args) {
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 };
  return execFileSync(program, args, options);
}
