import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface WaitOptions extends ProjectOptions, NodeOptions {
  readonly downProject?: boolean;
}

export function wait(): Command {
  return projectCommand(
    'wait',
    'Wait for the containers of services to end; ends with the exit code of the last',
  )
    .argument('<services...>')
    .option('--down-project', 'take the application down when the first has ended')
    .action(async (services: string[], options: WaitOptions) => {
      const [{ projectName }, { connectNode }, { showProgress }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const project = projectName(options);
      const node = connectNode(options);
      for await (const { container, exitCode } of node.handling.wait(project, services)) {
        process.stderr.write(`${container} exited with status code ${exitCode}\n`);
        process.exitCode = exitCode;
        if (options.downProject) break;
      }
      if (options.downProject) await showProgress(node.down(project, {}));
    });
}
