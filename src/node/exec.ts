import type { ExecInput, ExecOutput, ExecRun } from '../api/contracts/exec.ts';
import type { Engine } from '../engines/engine.ts';
import { HeddleError } from '../lib/errors.ts';
import type { DeploymentSpec } from '../selector/spec.ts';
import type { Applications } from './applications.ts';
import { feed, firstOf } from './joined.ts';

/**
 * Runs a program in a container of a service. The first input says which; the others are what it reads.
 * @throws HeddleError ERR_SERVICE_UNKNOWN, ERR_SERVICE_NOT_RUNNING, ERR_USAGE
 */
export async function* execIn(
  applications: Applications,
  project: string,
  inputs: AsyncIterable<ExecInput>,
  signal: AbortSignal,
): AsyncGenerator<ExecOutput> {
  const { first, rest } = await firstOf(inputs, 'run');
  const run = first as ExecRun;
  const { desired } = applications.servicesOf(project, [run.service]);
  const container = await runningContainer(applications.engine, desired.spec, run);
  if (run.detach) {
    await applications.engine.console.execDetached(container, run.command, run);
    yield { type: 'ended', exitCode: 0 };
    return;
  }
  const program = await applications.engine.console.execInteractive(container, run.command, run);
  signal.addEventListener('abort', () => void program.hangUp().catch(() => {}));
  void feed(program, rest);
  for await (const { stream, data } of program.output) {
    yield { type: 'output', stream, data: data.toString('base64') };
  }
  yield { type: 'ended', exitCode: await program.exitCode() };
}

/** The replica that was asked for; without, the first that runs. */
export async function runningContainer(
  engine: Engine,
  spec: DeploymentSpec,
  { service, index }: Pick<ExecRun, 'service' | 'index'>,
): Promise<string> {
  const replicas = spec.pods
    .filter((pod) => pod.role === 'service' && pod.service === service)
    .filter((pod) => index === undefined || pod.index === index)
    .flatMap((pod) => pod.containers.filter((container) => container.role === 'application'));
  for (const { name } of replicas) {
    if ((await engine.workloads.inspect(name))?.state === 'running') return name;
  }
  const which = index === undefined ? `service "${service}"` : `replica ${index} of service "${service}"`;
  throw new HeddleError('ERR_SERVICE_NOT_RUNNING', `${which} is not running`);
}
