import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand } from '../command.ts';

interface KillOptions extends ProjectOptions, NodeOptions {
  readonly signal: string;
}

export function kill(): Command {
  return projectCommand(
    'kill',
    'End services at once, or send them a signal; they stay ended until `start` or `up`',
  )
    .argument('[services...]', 'all, when none is named')
    .option('-s, --signal <signal>', 'signal to send', 'SIGKILL')
    .action(async (services: string[], { signal, ...options }: KillOptions) => {
      const [{ projectName }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const node = await ensureNode(options);
      const { steps } = await showProgress(node.handling.kill(projectName(options), { services, signal }));
      if (steps === 0) process.stderr.write('no container runs that could be killed\n');
    });
}
