import { enableCompileCache } from 'node:module';
import path from 'node:path';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`heddle: Node ${process.versions.node} is too old; Node 24 or newer is needed\n`);
  process.exit(1);
}
// Beside the code, since it is run as the code is. In Node's own place under /tmp anybody could put something there for root.
enableCompileCache(path.join(import.meta.dirname, '../..', '.compile-cache'));
// Only now, so that an old Node gets the message above rather than a syntax error.
const [, , word, ...more] = process.argv;
if (more.length === 0 && (word === '--version' || word === '-v')) {
  // Needs no command line.
  const { version } = await import('../lib/version.ts');
  process.stdout.write(`${version()}\n`);
} else {
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv);
}
