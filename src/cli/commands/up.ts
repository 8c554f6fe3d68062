import { type Command, Option } from 'commander';
import { HeddleError } from '../../lib/errors.ts';
import type { AttachOptions } from '../attached-up.ts';
import { projectCommand, several, wholeNumber } from '../command.ts';
import { type MakingOptions, makingOptions, makingRequest } from '../up-options.ts';

interface UpOptions extends MakingOptions, AttachOptions {
  readonly quiet?: boolean;
  readonly detach?: boolean;
  /** `--no-start` is `false`. */
  readonly start?: boolean;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly waitTimeout?: number;
}

export function up(): Command {
  const command = projectCommand(
    'up',
    'Make the application as its file says; what is so already is left alone',
  );
  return makingOptions(command)
    .option('-d, --detach', 'return when everything runs, and go on with it when this command is ended')
    .option('-q, --quiet', 'print nothing but errors')
    .option('--no-start', 'create containers without starting them')
    .option('--dry-run', 'print what would be done, as `plan` does')
    .option('--wait', 'return when all services run and are healthy')
    .option('--wait-timeout <seconds>', 'how long to wait for that', wholeNumber)
    .option('--abort-on-container-exit', 'stop all when one container ends')
    .option('--abort-on-container-failure', 'stop all when one container ends with a failure')
    .option('--exit-code-from <service>', 'end with the exit code of this service, and stop all when it ends')
    .addOption(
      several('--attach <service>', 'print what these write, and stay although output is no terminal'),
    )
    .addOption(new SilentOption())
    .option('--attach-dependencies', 'print what those write that the services depend on, too')
    .option('--no-log-prefix', 'leave out the container’s name')
    .option('--no-color', 'as Compose has it; names have no colours')
    .option('--timestamps', 'print the time of each line')
    .action(async (services: string[], options: UpOptions) => {
      const [{ SentProject }, { ensureNode }, { showProgress }] = await Promise.all([
        import('../sent-project.ts'),
        import('../node-connection.ts'),
        import('../output/progress.ts'),
      ]);
      const { isAttached, stayAttached, untilReady } = await import('../attached-up.ts');
      refuseContradictions(options);
      const sent = new SentProject(options);
      const node = await ensureNode(options);
      const request = makingRequest(options, services);
      if (options.dryRun) {
        const { showPlan } = await import('../output/plan.ts');
        return showPlan(await sent.plan(node, request), 'table');
      }
      const noStart = options.start === false;
      const attached = !noStart && isAttached(options);
      const began = Date.now();
      const detach = options.detach === true;
      const { name: project, events } = await sent.up(node, { ...request, noStart, detach });
      const shown = await showProgress(events, options.quiet === true);
      if (shown.steps === 0 && shown.warnings === 0 && !options.quiet && !attached)
        process.stderr.write(`${project} is as its file says\n`);
      if (options.wait) await untilReady(node, project, services, options.waitTimeout);
      if (attached) process.exitCode = await stayAttached(node, project, services, began, options);
    });
}

/** `--no-attach SERVICE` is no negation: it names what is silent. */
class SilentOption extends Option {
  constructor() {
    super('--no-attach <service>', 'print nothing of what these write');
    this.negate = false;
    this.argParser((value: string, all: string[] | undefined) => [...(all ?? []), value]);
  }

  override attributeName(): string {
    return 'noAttach';
  }
}

function refuseContradictions(options: UpOptions): void {
  const refuse = (one: string, other: string) => {
    throw new HeddleError('ERR_USAGE', `${one} and ${other} contradict each other`);
  };
  if (options.forceRecreate && options.recreate === false) refuse('--force-recreate', '--no-recreate');
  const stays = options.abortOnContainerExit || options.abortOnContainerFailure || options.exitCodeFrom;
  if (options.detach && stays) refuse('--detach', '--abort-on-container-exit');
  if (options.wait && stays) refuse('--wait', '--abort-on-container-exit');
  if (options.renewAnonVolumes && options.recreate === false) refuse('--renew-anon-volumes', '--no-recreate');
}
