// Writes the types of what programs import.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, stop } from './setup.mjs';

const compiler = path.join(root, 'node_modules', 'ts7', 'bin', 'tsc');

/** Of a source file and of what it imports, into the folder `types` of one where what is built is. */
export function buildDeclarations(file, dist) {
  const what = [
    '--declaration',
    '--emitDeclarationOnly',
    '--rootDir',
    'src',
    '--outDir',
    path.join(dist, 'types'),
  ];
  const how = ['--module', 'nodenext', '--target', 'es2024', '--types', 'node', '--strict'];
  const args = [
    compiler,
    '--ignoreConfig',
    ...what,
    ...how,
    '--exactOptionalPropertyTypes',
    '--rewriteRelativeImportExtensions',
    file,
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) stop(`the types of ${file} could not be written:\n${stdout}`);
}
