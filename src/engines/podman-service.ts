import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeddleError } from '../lib/errors.ts';
import { isInstalled } from '../lib/exec.ts';
import { isListening } from './docker-api/endpoint.ts';

const timeout = 10_000;

/** Starts the service again that Heddle had started in `runDir`, if it is the one at `endpoint` and no longer answers. */
export async function revivePodmanService(endpoint: string, runDir: string): Promise<void> {
  const socketPath = `${runDir}/podman.sock`;
  if (endpoint !== `unix://${socketPath}`) return;
  if (!(await isListening({ socketPath }))) await startPodmanService(runDir);
}

/** Ends the service that Heddle started in `runDir`, and only that: the process is known by the socket it was given. */
export function stopPodmanService(runDir: string): void {
  const socket = `${runDir}/podman.sock`;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (args.join(' ').trimEnd() === serviceOf(socket).join(' ')) process.kill(Number(pid), 'SIGTERM');
    } catch {
      // It has ended.
    }
  }
  rmSync(socket, { force: true });
}

function serviceOf(socket: string): string[] {
  return ['system', 'service', '--time=0', `unix://${socket}`];
}

/**
 * Starts Podman's API service on a socket of Heddle's own, where Podman is installed without one. The service outlives
 * a node that is killed; the next node finds it by its socket.
 */
export async function startPodmanService(runDir: string): Promise<string | undefined> {
  if (!(await isInstalled('podman'))) return undefined;
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  chmodSync(runDir, 0o700);
  const socket = `${runDir}/podman.sock`;
  const log = openSync(`${runDir}/podman.log`, 'a', 0o600);
  const service = spawn('podman', serviceOf(socket), {
    detached: true,
    stdio: ['ignore', log, log],
  });
  service.unref();
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    // One that finds the socket taken ends: another node has started one at the same time.
    const hasEnded = service.exitCode !== null;
    if (await isListening({ socketPath: socket })) return socket;
    if (hasEnded) break;
    await sleep(20);
  }
  throw new HeddleError('ERR_ENGINE', `podman's API service did not start; its log is ${runDir}/podman.log`);
}
