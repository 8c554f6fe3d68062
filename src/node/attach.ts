import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachRequest, ExecInput, ExecOutput } from '../api/contracts/exec.ts';
import type { Applications } from './applications.ts';
import { runningContainer } from './exec.ts';
import { feed, firstOf } from './joined.ts';

/** Milliseconds after the end of the output within which a container that has ended says so. */
const afterOutput = 2_000;

/**
 * Joins the streams of a service's container to the client's, until it ends or the client lets go of it: it goes on then.
 * @throws HeddleError ERR_SERVICE_UNKNOWN, ERR_SERVICE_NOT_RUNNING
 */
export async function* attachTo(
  applications: Applications,
  project: string,
  inputs: AsyncIterable<ExecInput>,
  signal: AbortSignal,
): AsyncGenerator<ExecOutput> {
  const { first, rest } = await firstOf(inputs, 'attach');
  const { service, index, input, detachKeys } = first as AttachRequest;
  const { engine } = applications;
  const { desired } = applications.servicesOf(project, [service]);
  const container = await runningContainer(engine, desired.spec, { service, index });
  const specs = desired.spec.pods.flatMap((pod) => pod.containers);
  const tty = specs.find(({ name }) => name === container)?.tty === true;
  const over = new AbortController();
  const ended = engine.workloads.ended(container, over.signal).catch(() => undefined);
  const program = await engine.console.attach(container, { tty, input, detachKeys });
  signal.addEventListener('abort', () => void program.hangUp().catch(() => {}));
  yield { type: 'attached', container, tty };
  void feed(program, rest, (name) => engine.workloads.kill(container, name));
  for await (const { stream, data } of program.output) {
    yield { type: 'output', stream, data: data.toString('base64') };
  }
  // One that goes on was let go of.
  const exitCode = await Promise.race([ended, sleep(afterOutput, undefined)]);
  over.abort();
  yield { type: 'ended', exitCode: exitCode ?? 0 };
}
