import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './setup.mjs';

/** Runs the demo of an example with this command's arguments, and ends as it does. */
export function runExample(name) {
  const demo = path.join(root, 'examples', name, 'demo.ts');
  const child = spawn('node', [demo, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the demo removes what it made, and this waits for it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill());
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
