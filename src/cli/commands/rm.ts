import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface RmOptions extends ProjectOptions, NodeOptions {
  readonly force?: boolean;
  readonly stop?: boolean;
  readonly volumes?: boolean;
}

export function rm(): Command {
  return projectCommand('rm', 'Remove containers of services that do not run; `up` makes them again', ['-f'])
    .argument('[services...]', 'all, when none is named')
    .option('-f, --force', 'do not ask')
    .option('-s, --stop', 'stop them first')
    .option('-v, --volumes', 'remove their anonymous volumes, too')
    .action(async (services: string[], options: RmOptions) => {
      const [{ projectName }, { ensureNode }, { showProgress }, { isConfirmed }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
        import('../confirm.ts'),
      ]);
      const project = projectName(options);
      const node = await ensureNode(options);
      if (options.stop) await showProgress(node.onServices('stop', project, { services }));
      const names = (await node.status(project, services))
        .filter(({ role, state }) => role === 'application' && (state === 'stopped' || state === 'created'))
        .map(({ name }) => name);
      if (names.length === 0) {
        process.stderr.write('no container is stopped\n');
        return;
      }
      if (!options.force && !(await isConfirmed(`Going to remove ${names.join(', ')}`, '--force'))) return;
      await showProgress(node.handling.rm(project, { services, volumes: options.volumes === true }));
    });
}
