import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** The environment of a process that runs the sources: what was compiled once is not compiled at every start. */
export const compiled = { NODE_COMPILE_CACHE: path.join(root, '.cache', 'compiled') };

/** Where the tests install the package: npm's global prefix, of their own. */
export const prefix = path.join(root, '.cache', 'installed');

/** The command as a user has it: packed, and installed globally under a folder of the tests' own. A demo has that of its clone. */
export const installedCommand = process.env['HEDDLE_TEST_COMMAND'] ?? path.join(prefix, 'bin', 'heddle');

/** What is in the package beside the program. */
export const packaging = path.join(prefix, 'lib/node_modules/heddle/packaging');

/** Prometheus' tool for rules and metrics. */
export const promtool = path.join(root, '.cache', 'tools', 'promtool');

/** Docker's own Compose of today, which `npm test` and the benchmarks fetch. */
export const dockerCompose = path.join(root, '.cache', 'tools', 'docker-compose');
