import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeClient } from '../api/client.ts';
import type { ContainerStatus } from '../api/messages.ts';
import { HeddleError } from '../lib/errors.ts';
import { showProgress } from './output/progress.ts';

/** How `up` stays with what it made, as Docker Compose has it. */
export interface AttachOptions {
  readonly detach?: boolean;
  readonly wait?: boolean;
  readonly abortOnContainerExit?: boolean;
  readonly abortOnContainerFailure?: boolean;
  readonly exitCodeFrom?: string;
  readonly attach?: readonly string[];
  readonly noAttach?: readonly string[];
  readonly attachDependencies?: boolean;
  readonly logPrefix?: boolean;
  readonly timestamps?: boolean;
  readonly quiet?: boolean;
}

/** Milliseconds between two looks at what still runs. */
const interval = 300;

/** On a terminal `up` stays, as Compose does. Elsewhere it returns when all runs, unless an option only makes sense if it stays. */
export function isAttached(options: AttachOptions): boolean {
  if (options.detach || options.wait) return false;
  const asked =
    options.abortOnContainerExit ||
    options.abortOnContainerFailure ||
    options.exitCodeFrom !== undefined ||
    options.attach !== undefined;
  return asked || (process.stdout.isTTY === true && !options.quiet);
}

/**
 * Prints what services write until they have ended, or Ctrl-C: then they are stopped, and killed at the second one.
 * Returns the exit code.
 */
export async function stayAttached(
  node: NodeClient,
  project: string,
  services: readonly string[],
  since: number,
  options: AttachOptions,
): Promise<number> {
  const over = new AbortController();
  const interrupts = countInterrupts(over);
  const printing = printLogs(node, project, shownServices(services, options), since, options).catch(() => {});
  const ended = await Promise.race([
    untilEnded(node, project, services, options, over.signal),
    aborted(over.signal),
  ]);
  process.stderr.write(over.signal.aborted ? '\nstopping; Ctrl-C again kills\n' : '');
  const stopping = showProgress(node.onServices('stop', project, { services }), options.quiet === true);
  await Promise.race([stopping, interrupts.second.then(() => kill(node, project, services))]);
  await Promise.race([printing, sleep(500, undefined, { ref: false })]);
  interrupts.forget();
  if (options.exitCodeFrom !== undefined)
    return exitCodeOf(await node.status(project, [options.exitCodeFrom]));
  return over.signal.aborted ? 130 : (ended?.exitCode ?? 0);
}

/** Waits until all containers run, and are healthy if they have a check. @throws HeddleError ERR_TIMEOUT, ERR_SERVICE_ENDED, ERR_SERVICE_UNHEALTHY */
export async function untilReady(
  node: NodeClient,
  project: string,
  services: readonly string[],
  seconds = Number.POSITIVE_INFINITY,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const containers = applications(await node.status(project, services));
    const failed = containers.find(
      ({ state, exitCode }) => state === 'stopped' && exitCode !== 0 && exitCode !== null,
    );
    if (failed)
      throw new HeddleError('ERR_SERVICE_ENDED', `${failed.name} ended with exit code ${failed.exitCode}`);
    const ill = containers.find(({ health }) => health === 'unhealthy');
    if (ill) throw new HeddleError('ERR_SERVICE_UNHEALTHY', `${ill.name} is unhealthy`);
    const waiting = containers.filter(({ state, health }) => state !== 'stopped' && health === 'starting');
    const [first] = [...waiting, ...containers.filter(({ state }) => state === 'created')];
    if (!first) return;
    if (Date.now() > deadline)
      throw new HeddleError('ERR_TIMEOUT', `${first.name} is not healthy after ${seconds} s`);
    await sleep(interval);
  }
}

function applications(containers: readonly ContainerStatus[]): ContainerStatus[] {
  return containers.filter(({ role, oneOff }) => role === 'application' && !oneOff);
}

/** The container that ends it, or nothing when all have ended by themselves. */
async function untilEnded(
  node: NodeClient,
  project: string,
  services: readonly string[],
  options: AttachOptions,
  signal: AbortSignal,
): Promise<ContainerStatus | undefined> {
  const { abortOnContainerExit, abortOnContainerFailure, exitCodeFrom } = options;
  while (!signal.aborted) {
    const containers = applications(await node.status(project, services));
    const ended = containers.filter(({ state, exitCode }) => state === 'stopped' && exitCode !== null);
    const failed = ended.find(({ exitCode }) => exitCode !== 0);
    if (exitCodeFrom !== undefined && !abortOnContainerExit) {
      const awaited = ended.find(({ service }) => service === exitCodeFrom);
      if (awaited) return awaited;
    } else if (abortOnContainerExit && ended.length > 0) return failed ?? ended[0];
    if (abortOnContainerFailure && failed) return failed;
    if (containers.every(({ state }) => state === 'stopped')) return undefined;
    await sleep(interval, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
}

/** The first Ctrl-C ends the watching, the second the patience. */
function countInterrupts(over: AbortController) {
  const { promise: second, resolve } = Promise.withResolvers<void>();
  const hear = () => (over.signal.aborted ? resolve() : over.abort());
  process.on('SIGINT', hear).on('SIGTERM', hear);
  return { second, forget: () => process.off('SIGINT', hear).off('SIGTERM', hear) };
}

async function kill(node: NodeClient, project: string, services: readonly string[]): Promise<void> {
  await showProgress(node.onServices('stop', project, { services, timeout: 0 }));
}

function shownServices(services: readonly string[], options: AttachOptions): readonly string[] {
  if (options.attach) return options.attach;
  return options.attachDependencies ? [] : services;
}

async function printLogs(
  node: NodeClient,
  project: string,
  services: readonly string[],
  since: number,
  { logPrefix, timestamps, noAttach = [] }: AttachOptions,
): Promise<void> {
  const silent = new Set(
    noAttach.length > 0
      ? applications(await node.status(project))
          .filter(({ service }) => noAttach.includes(service ?? ''))
          .map(({ name }) => name)
      : [],
  );
  const query = { services, follow: true, timestamps: timestamps === true, since: since / 1000 };
  for await (const line of node.logs(project, query)) {
    if (silent.has(line.container)) continue;
    const out = line.stream === 'stderr' ? process.stderr : process.stdout;
    out.write(logPrefix === false ? `${line.text}\n` : `${line.container} | ${line.text}\n`);
  }
}

function exitCodeOf(containers: readonly ContainerStatus[]): number {
  return applications(containers).find(({ exitCode }) => exitCode !== null)?.exitCode ?? 0;
}
