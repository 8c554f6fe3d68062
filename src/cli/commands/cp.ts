import type { Command } from 'commander';
import type { NodeClient } from '../../api/client.ts';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';
import type { Container, CopyOptions } from '../copy/copy.ts';
import type { CopyPath } from '../copy/places.ts';

interface CpOptions extends ProjectOptions, NodeOptions {
  readonly index?: number;
  readonly all?: boolean;
  readonly archive?: boolean;
  readonly followLink?: boolean;
}

export function cp(): Command {
  return projectCommand(
    'cp',
    'Copy files between a service and this host; to a service means to all its replicas',
  )
    .argument('<source>', 'SERVICE:PATH, a path here, or - for a tar archive on standard input')
    .argument('<target>', 'the same; - for a tar archive on standard output')
    .option('--index <number>', 'only this replica', wholeNumber)
    .option('--all', 'also to containers that `run` has made')
    .option('-a, --archive', 'keep owners and rights')
    .option('-L, --follow-link', 'of a link, copy what it leads to')
    .action(async (source: string, target: string, options: CpOptions) => {
      const [{ projectName }, { connectNode }, { placeFrom }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../copy/places.ts'),
      ]);
      await copy(connectNode(options), projectName(options), placeFrom(source), placeFrom(target), options);
    });
}

async function copy(
  node: NodeClient,
  project: string,
  from: CopyPath,
  to: CopyPath,
  options: CpOptions,
): Promise<void> {
  const { HeddleError } = await import('../../lib/errors.ts');
  const asked = { archive: options.archive === true, followLink: options.followLink === true };
  if (from.kind === 'container' && to.kind !== 'container') {
    const [container] = await containers(node, project, from.service, options);
    if (container) await out(container, from.path, to.kind === 'here' ? to.path : undefined, asked);
    return;
  }
  if (to.kind !== 'container' || from.kind === 'container') {
    const hint = 'write one of both as SERVICE:PATH';
    throw new HeddleError('ERR_USAGE', 'copies go between a service and this host', { hint });
  }
  const source = from.kind === 'here' ? from.path : undefined;
  const all = await containers(node, project, to.service, options);
  if (source === undefined && all.length > 1) {
    const hint = 'name one with --index';
    throw new HeddleError('ERR_USAGE', 'standard input can be read for one replica only', { hint });
  }
  for (const container of all) await into(container, source, to.path, asked);
}

/** Without a target, the archive itself goes to standard output. */
async function out(
  from: Container,
  source: string,
  target: string | undefined,
  options: CopyOptions,
): Promise<void> {
  if (target !== undefined) return (await import('../copy/copy.ts')).copyOut(from, source, target, options);
  const { node, project, service, name: container } = from;
  const place = { service, container, path: source, followLink: options.followLink };
  const { archive } = await node.readArchive(project, place);
  const { pipeline } = await import('node:stream/promises');
  await pipeline(archive, process.stdout, { end: false });
}

/** Without a source, an archive comes from standard input. */
async function into(
  to: Container,
  source: string | undefined,
  target: string,
  options: CopyOptions,
): Promise<void> {
  if (source !== undefined) await (await import('../copy/copy.ts')).copyIn(to, source, target, options);
  else {
    const { node, project, service, name: container } = to;
    await node.writeArchive(project, { service, container, path: target }, process.stdin);
  }
  process.stderr.write(`copied to ${to.name}:${target}\n`);
}

/** The replicas of a service, running or not. */
async function containers(
  node: NodeClient,
  project: string,
  service: string,
  { index, all }: CpOptions,
): Promise<Container[]> {
  const rows = (await node.status(project, [service]))
    .filter(({ role, service: of, id }) => role === 'application' && of === service && id !== null)
    .filter((row) => (index === undefined ? all || !row.oneOff : row.index === index && !row.oneOff))
    .sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
  if (rows.length === 0) {
    const { HeddleError } = await import('../../lib/errors.ts');
    const which = index === undefined ? `service "${service}"` : `replica ${index} of service "${service}"`;
    throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${which} has no container`);
  }
  return rows.map(({ name }) => ({ node: node.handling, project, service, name }));
}
