import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';

interface ServicesOptions extends ProjectOptions, NodeOptions {
  readonly timeout?: number;
  /** `--no-deps` is `false`. */
  readonly deps?: boolean;
  readonly wait?: boolean;
  readonly waitTimeout?: number;
}

/** `stop`, `start` and `restart` differ in the verb and little else. */
export function servicesCommand(verb: 'stop' | 'start' | 'restart', description: string): Command {
  const command = projectCommand(verb, description).argument('[services...]', 'all, when none is named');
  if (verb !== 'start')
    command.option(
      '-t, --timeout <seconds>',
      'how long containers have to end, instead of stop_grace_period',
      wholeNumber,
    );
  if (verb === 'restart') command.option('--no-deps', 'leave alone what depends on the services');
  if (verb === 'start')
    command
      .option('--wait', 'return when the services run and are healthy')
      .option('--wait-timeout <seconds>', 'how long to wait for that', wholeNumber);
  return command.action(async (services: string[], options: ServicesOptions) => {
    const [{ projectName }, { ensureNode }, { showProgress }] = await Promise.all([
      import('../project-name.ts'),
      import('../node-connection.ts'),
      import('../output/progress.ts'),
    ]);
    const project = projectName(options);
    const node = await ensureNode(options);
    const request = {
      services,
      noDeps: options.deps === false,
      ...(options.timeout !== undefined && { timeout: options.timeout * 1000 }),
    };
    await showProgress(node.onServices(verb, project, request));
    if (!options.wait) return;
    const { untilReady } = await import('../attached-up.ts');
    await untilReady(node, project, services, options.waitTimeout);
  });
}
