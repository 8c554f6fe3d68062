import { type Command, Option } from 'commander';
import type { DownRequest, ImagesToRemove } from '../../api/messages.ts';
import { isHeddleError } from '../../lib/errors.ts';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';

interface DownOptions extends ProjectOptions, NodeOptions {
  readonly volumes?: boolean;
  readonly rmi?: ImagesToRemove;
  readonly removeOrphans?: boolean;
  readonly timeout?: number;
  readonly quiet?: boolean;
}

export function down(): Command {
  return projectCommand('down', 'Remove the application’s containers and networks')
    .argument('[services...]', 'these only; networks and volumes stay')
    .option('-v, --volumes', 'remove its volumes and what was collected about it, too')
    .addOption(
      new Option(
        '--rmi <images>',
        'remove images of its services, too: those built without a name in the file, or all',
      ).choices(['local', 'all']),
    )
    .option('--remove-orphans', 'remove containers of services that are not in the file')
    .option(
      '-t, --timeout <seconds>',
      'how long containers have to end, instead of stop_grace_period',
      wholeNumber,
    )
    .option('-q, --quiet', 'print nothing but errors')
    .action(async (services: string[], options: DownOptions) => {
      const [{ describedProject }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const { name, file } = describedProject(options);
      const node = await ensureNode(options);
      const request: DownRequest = {
        services,
        volumes: options.volumes === true,
        removeOrphans: options.removeOrphans === true,
        ...(options.rmi && { images: options.rmi }),
        ...(options.timeout !== undefined && { timeout: options.timeout * 1000 }),
        ...(file && { file }),
      };
      try {
        await showProgress(node.down(name, request), options.quiet === true);
      } catch (error) {
        // As Compose has it: there is nothing to remove, which is what was wanted.
        if (!isHeddleError(error, 'ERR_PROJECT_UNKNOWN')) throw error;
        const images = options.rmi ? '; which images it used is known only while it is deployed' : '';
        if (!options.quiet) process.stderr.write(`there is nothing of ${name} to remove${images}\n`);
      }
    });
}
