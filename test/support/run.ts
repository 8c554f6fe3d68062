import { spawn } from 'node:child_process';
import type { Outcome } from './host.ts';

/** Milliseconds after which a command hangs: each takes a tenth of it, builds included. */
const limit = 180_000;

/** Runs a program to its end. One that hangs is ended, and `about` says what was the matter. */
export function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  about: () => string = () => '',
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const hangs = setTimeout(() => {
      const what = `${[program, ...args].join(' ')}: not ended after ${limit / 1000} s`;
      reject(new Error([what, stderr, stdout, about()].filter(Boolean).join('\n')));
      child.kill('SIGKILL');
    }, limit);
    child.on('error', (error) => {
      clearTimeout(hangs);
      resolve({ code: 127, stdout: '', stderr: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(hangs);
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}
