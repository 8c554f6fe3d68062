import { once } from 'node:events';
import { PassThrough, Transform } from 'node:stream';
import type { Command } from 'commander';
import type { ExecInput } from '../../api/contracts/exec.ts';
import { type NodeOptions, type ProjectOptions, projectCommand, several, wholeNumber } from '../command.ts';
import { environmentOf } from '../environment-of.ts';

interface ExecOptions extends ProjectOptions, NodeOptions {
  readonly tty: boolean;
  readonly index?: number;
  readonly user?: string;
  readonly workdir?: string;
  readonly env?: string[];
  readonly detach?: boolean;
  readonly privileged?: boolean;
}

export function exec(): Command {
  return projectCommand('exec', 'Run a command in a container of a service')
    .argument('<service>')
    .argument('<command...>')
    .passThroughOptions()
    .option('-T, --no-tty', 'no terminal; without one on both sides there is none anyway')
    .option('-i, --interactive', 'as Compose has it; standard input is always passed on')
    .option('-t', 'as Compose has it; there is a terminal where the command has one')
    .option('--index <number>', 'replica of the service; the first that runs, if none is named', wholeNumber)
    .option('-u, --user <user>', 'user, or user:group, to run it as')
    .option('-w, --workdir <path>', 'folder to run it in')
    .addOption(several('-e, --env <name=value>', 'variable to set; a name alone is taken from here'))
    .option('-d, --detach', 'start it and come back')
    .option('--privileged', 'give it every right that root has over the host')
    .action(async (service: string, command: string[], options: ExecOptions) => {
      const [{ projectName }, { ensureNode }] = await Promise.all([
        import('../project-name.ts'),
        import('../node-connection.ts'),
      ]);
      const project = projectName(options);
      const node = await ensureNode(options);
      const { stdin, stdout } = process;
      const tty = options.tty && stdin.isTTY === true && stdout.isTTY === true && !options.detach;
      const size = { rows: stdout.rows || 24, columns: stdout.columns || 80 };
      const inputs = standardInput(options.detach !== true, {
        type: 'run',
        service,
        command,
        tty,
        ...(tty && { size }),
        environment: environmentOf(options.env ?? []),
        ...(options.index !== undefined && { index: options.index }),
        ...(options.user !== undefined && { user: options.user }),
        ...(options.workdir !== undefined && { workingDir: options.workdir }),
        privileged: options.privileged === true,
        detach: options.detach === true,
      });
      if (tty) stdin.setRawMode(true);
      try {
        process.exitCode = await printed(node.exec(project, inputs));
      } finally {
        if (tty) stdin.setRawMode(false);
        stdin.destroy();
      }
    });
}

/** What the node is sent: the request, then what is typed, and the terminal's size when it changes. */
function standardInput(attach: boolean, run: ExecInput & { type: 'run' }): AsyncIterable<ExecInput> {
  const inputs = new PassThrough({ objectMode: true });
  inputs.write(run);
  if (!attach) inputs.end();
  if (run.tty) {
    process.stdout.on('resize', () => {
      const { rows, columns } = process.stdout;
      if (inputs.writable) inputs.write({ type: 'resize', rows, columns } satisfies ExecInput);
    });
  }
  const typed = new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _encoding, done) =>
      done(null, { type: 'input', data: chunk.toString('base64') } satisfies ExecInput),
  });
  if (attach) process.stdin.pipe(typed).pipe(inputs);
  return inputs;
}

/** Prints what the command prints, and returns its exit code. */
async function printed(outputs: ReturnType<NodeClientExec>): Promise<number> {
  for await (const output of outputs) {
    if (output.type === 'ended') return output.exitCode;
    if (output.type !== 'output') continue;
    const out = process[output.stream];
    if (!out.write(Buffer.from(output.data, 'base64'))) await once(out, 'drain');
  }
  const { HeddleError } = await import('../../lib/errors.ts');
  throw new HeddleError('ERR_NODE_ABSENT', 'the node went away while the command ran');
}

type NodeClientExec = import('../../api/client.ts').NodeClient['exec'];
