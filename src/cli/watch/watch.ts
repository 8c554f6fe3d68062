import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeClient } from '../../api/client.ts';
import type { ExecInput } from '../../api/contracts/exec.ts';
import type { Service } from '../../descriptor/application.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import { renamed } from '../copy/renamed.ts';
import { packed } from '../copy/tar.ts';
import { printError } from '../output/errors.ts';
import { showProgress } from '../output/progress.ts';
import { changesBelow } from './changes.ts';
import { type Sync, type Work, workFor } from './rules.ts';

export interface Watched {
  readonly node: NodeClient;
  readonly spec: DeploymentSpec;
  readonly services: readonly Service[];
  readonly imageOf: (service: string) => string;
  readonly quiet: boolean;
}

/** Keeps services as their files are, until the signal aborts. What fails is named; the next change is tried again. */
export async function follow(watched: Watched, signal: AbortSignal): Promise<void> {
  const { services } = watched;
  const paths = new Set(services.flatMap(({ watch = [] }) => watch.map((rule) => rule.path)));
  const ignored = new Map(services.map((service) => [service.name, dockerignore(service)]));
  // Before anybody is told that they may change something.
  const changing = changesBelow([...paths], signal);
  await carryOut(watched, initialWork(services));
  say(`watching ${[...paths].join(', ')}`);
  for await (const changes of changing) {
    await carryOut(
      watched,
      workFor(changes, services, (name) => ignored.get(name) ?? []),
    );
  }
}

/** What `initial_sync` asks for. */
function initialWork(services: readonly Service[]): Work {
  const syncs = services.flatMap(({ name, watch = [] }) =>
    watch
      .filter(({ initialSync, action }) => initialSync && action.startsWith('sync'))
      .map((rule): Sync => ({ service: name, from: rule.path, to: rule.target ?? '/', removed: false })),
  );
  return { syncs, rebuild: [], restart: [], exec: [] };
}

async function carryOut(watched: Watched, work: Work): Promise<void> {
  const { node, spec } = watched;
  try {
    for (const sync of work.syncs) await synced(watched, sync);
    if (work.rebuild.length > 0) await rebuild(watched, work.rebuild);
    for (const service of work.restart) {
      await showProgress(node.onServices('restart', spec.project, { services: [service] }), watched.quiet);
      say(`${service} was restarted`);
    }
    for (const { service, rule } of work.exec) {
      const { command = [], user, workingDir, environment = {}, privileged } = rule.exec ?? {};
      const code = await inEach(watched, service, {
        command,
        environment: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        ...(user !== undefined && { user }),
        ...(workingDir !== undefined && { workingDir }),
        ...(privileged && { privileged }),
      });
      say(`${service} ran ${command[0]}${code === 0 ? '' : `, which ended with ${code}`}`);
    }
  } catch (error) {
    printError(error);
  }
}

/** Into every replica that runs; folders that lack are made. */
async function synced(watched: Watched, { service, from, to, removed }: Sync): Promise<void> {
  const { node, spec } = watched;
  if (removed) await inEach(watched, service, { command: ['rm', '-rf', '--', to] });
  else {
    for (const { name: container } of await replicasOf(watched, service)) {
      const archive = renamed(packed(from, false), to.replace(/^\/+/, ''), () => {});
      await node.handling.writeArchive(spec.project, { service, container, path: '/' }, archive);
    }
  }
  say(`${service}: ${removed ? 'removed' : 'synced'} ${to}`);
}

async function rebuild({ node, spec, imageOf, quiet }: Watched, services: readonly string[]): Promise<void> {
  const wanted = services.map(imageOf);
  await showProgress(node.buildImages({ images: spec.images, wanted, anew: true }), quiet);
  await showProgress(node.up({ spec, services, noDeps: true }), quiet);
  say(`${services.join(', ')} was rebuilt`);
}

interface Command {
  readonly command: readonly string[];
  readonly user?: string;
  readonly workingDir?: string;
  readonly environment?: string[];
  readonly privileged?: boolean;
}

/** Runs a program in every replica that runs; returns the last exit code that is not 0. */
async function inEach(watched: Watched, service: string, { command, ...rest }: Command): Promise<number> {
  const { node, spec } = watched;
  let code = 0;
  for (const { index } of await replicasOf(watched, service)) {
    const run: ExecInput = {
      type: 'run',
      service,
      command: [...command],
      ...(index !== null && { index }),
      ...rest,
    };
    for await (const output of node.exec(spec.project, once(run))) {
      if (output.type === 'output') process.stderr.write(Buffer.from(output.data, 'base64'));
      if (output.type === 'ended' && output.exitCode !== 0) code = output.exitCode;
    }
  }
  return code;
}

async function* once<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}

async function replicasOf({ node, spec }: Watched, service: string) {
  const rows = await node.status(spec.project, [service]);
  return rows.filter(
    (row) => row.service === service && row.role === 'application' && row.state === 'running' && !row.oneOff,
  );
}

/** What its build leaves out, nobody has to build again for. */
function dockerignore({ build }: Service): string[] {
  try {
    const text = readFileSync(path.join(build?.context ?? '', '.dockerignore'), 'utf8');
    return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  } catch {
    return [];
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
