import type { Command } from 'commander';
import { type NodeOptions, type ProjectOptions, projectCommand, wholeNumber } from '../command.ts';

interface AttachOptions extends ProjectOptions, NodeOptions {
  readonly index?: number;
  readonly stdin: boolean;
  readonly sigProxy?: boolean;
  readonly detachKeys?: string;
}

export function attach(): Command {
  return projectCommand(
    'attach',
    'Join the streams of a service’s first process; ctrl-p ctrl-q lets go of it',
  )
    .argument('<service>')
    .option('--index <number>', 'replica of the service; the first that runs, if none is named', wholeNumber)
    .option('--no-stdin', 'do not hand on what is typed')
    .option('--sig-proxy', 'hand on signals to the process, as it does anyway')
    .option('--no-sig-proxy', 'hand on no signals')
    .option('--detach-keys <keys>', 'keys that let go of it, where there is a terminal: ctrl-x,x')
    .action(async (service: string, options: AttachOptions) => {
      const [{ projectName }, { ensureNode }, { joinedTo }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
        import('../join.ts'),
      ]);
      const project = projectName(options);
      const node = await ensureNode(options);
      const first = {
        type: 'attach',
        service,
        input: options.stdin,
        ...(options.index !== undefined && { index: options.index }),
        ...(options.detachKeys !== undefined && { detachKeys: options.detachKeys }),
      } as const;
      process.exitCode = await joinedTo((inputs) => node.exec(project, inputs, 'attach'), first, {
        input: options.stdin,
        signals: options.sigProxy !== false,
      });
    });
}
