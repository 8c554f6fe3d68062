import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  try {
    const pid = Number(readFileSync(`${runDir}/podman.pid`, 'utf8'));
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`unix://${socket}`)) return;
    process.kill(pid, 'SIGTERM');
  } catch {
    // It was not started, or has ended.
  }
  for (const file of ['podman.pid', 'podman.sock']) rmSync(`${runDir}/${file}`, { force: true });
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
  const service = spawn('podman', ['system', 'service', '--time=0', `unix://${socket}`], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  service.unref();
  writeFileSync(`${runDir}/podman.pid`, `${service.pid}\n`);
  const deadline = Date.now() + timeout;
  while (Date.now() < deadline) {
    if (service.exitCode !== null) break;
    if (await isListening({ socketPath: socket })) return socket;
    await sleep(20);
  }
  throw new HeddleError('ERR_ENGINE', `podman's API service did not start; its log is ${runDir}/podman.log`);
}
