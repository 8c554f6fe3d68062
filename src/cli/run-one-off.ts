import { PassThrough } from 'node:stream';
import type { NodeClient } from '../api/client.ts';
import type { ExecInput } from '../api/contracts/exec.ts';
import type { OperationEvent } from '../api/messages.ts';
import { isHeddleError } from '../lib/errors.ts';
import { joinedTo } from './join.ts';
import { printError } from './output/errors.ts';
import { showProgress } from './output/progress.ts';

/** Runs a one-off, shows what is done before it starts, and returns its exit code; of a detached one, prints its name. */
export async function runOneOff(
  node: NodeClient,
  request: ExecInput & { type: 'once' },
  quiet: boolean,
): Promise<number> {
  const events = new PassThrough({ objectMode: true });
  const shown = showProgress(events as AsyncIterable<OperationEvent>, quiet);
  shown.catch(() => {});
  const { project } = request.spec;
  try {
    return await joinedTo((inputs) => node.exec(project, inputs, 'run'), request, {
      input: request.input !== false && request.detach !== true,
      signals: request.detach !== true,
      other: (output) => {
        if (output.type === 'event') events.write(output.event);
      },
      attached: async (container) => {
        events.end();
        await shown;
        if (request.detach) process.stdout.write(`${container}\n`);
      },
    });
  } catch (error) {
    if (!isHeddleError(error, 'ERR_SERVICE_COMMAND')) throw error;
    // As a shell says that there is no such program.
    printError(error);
    return 127;
  } finally {
    events.end();
  }
}
