import { execFile, execFileSync } from 'node:child_process';
import { prefix } from './topology.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `ip`, which has to succeed. */
export function ip(...args: readonly string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The command line that runs a program in a namespace; with `resolver`, its resolv.conf(5) is that file. */
export function inside(
  namespace: string,
  command: readonly string[],
  resolver?: string,
): [program: string, args: string[]] {
  const bound = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/resolv.conf && exec "$@"'];
  const before = resolver === undefined ? [] : [...bound, resolver];
  return ['nsenter', [`--net=/run/netns/${namespace}`, '--', ...before, ...command]];
}

/** Runs a program to its end, 30 s at most. */
export function execute(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 30_000, ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
    });
  });
}

/** The namespaces of a lab that is there. */
export function namespaces(): string[] {
  return ip('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => name.startsWith(prefix));
}

/** Ids of the processes in a namespace. */
export function processesIn(namespace: string): number[] {
  return ip('netns', 'pids', namespace).split('\n').filter(Boolean).map(Number);
}
