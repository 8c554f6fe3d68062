import type { OperationEvent } from '../../api/messages.ts';
import { fromMessage } from '../../api/messages.ts';
import type { ShownStep } from '../../deploy/plan/shown.ts';
import type { StepKind } from '../../deploy/step.ts';
import { coloursFor } from './colours.ts';

const pc = coloursFor(process.stderr);

/** What a step is called once it is done; steps that interest nobody have no word. */
const words: { readonly [Kind in StepKind]: readonly [thing: string, done: string] } = {
  obtainImage: ['Image', 'Ready'],
  createNetwork: ['Network', 'Created'],
  switchNetwork: ['Network', 'Switched'],
  removeNetwork: ['Network', 'Removed'],
  createVolume: ['Volume', 'Created'],
  removeVolume: ['Volume', 'Removed'],
  createSandbox: ['Pod', 'Created'],
  startSandbox: ['Pod', 'Started'],
  connectEndpoint: ['Endpoint', 'Connected'],
  disconnectEndpoint: ['Endpoint', 'Removed'],
  connectManagement: ['Pod', 'Linked'],
  configureFunction: ['Function', 'Configured'],
  callHook: ['Hook', 'Called'],
  insertWire: ['Pod', 'Wired'],
  proveChains: ['Chains of', 'Proven'],
  drainFunction: ['Flows of', 'Ended'],
  removeWire: ['Pod', 'Unwired'],
  guardNeighbours: ['Guard', 'In place'],
  removeGuard: ['Guard', 'Removed'],
  releaseFunction: ['Function', 'Released'],
  disconnectManagement: ['Pod', 'Unlinked'],
  removeManagement: ['Management', 'Removed'],
  createContainer: ['Container', 'Started'],
  startContainer: ['Container', 'Started'],
  stopContainer: ['Container', 'Stopped'],
  removeContainer: ['Container', 'Removed'],
  signalContainer: ['Container', 'Signalled'],
  pauseContainer: ['Container', 'Paused'],
  unpauseContainer: ['Container', 'Unpaused'],
  pullImage: ['Image', 'Pulled'],
  pushImage: ['Image', 'Pushed'],
  removeImage: ['Image', 'Removed'],
  awaitService: ['Service', 'Reached'],
  awaitFarService: ['Service', 'Reached'],
  removeState: ['State', 'Removed'],
};

/**
 * Shows an operation as it goes: a line for each step that is done, and on a terminal a last line with what is at work;
 * elsewhere a line when something begins that may take long. Returns how many steps and warnings there were.
 * @throws HeddleError what the operation ended with
 */
export async function showProgress(
  events: AsyncIterable<OperationEvent>,
  quiet = false,
): Promise<{ readonly steps: number; readonly warnings: number }> {
  const live = process.stderr.isTTY === true && !quiet;
  const steps = new Map<string, ShownStep>();
  const working = new Map<string, string>();
  let done = 0;
  let warnings = 0;
  const write = (text: string) => {
    if (!quiet) process.stderr.write(text);
  };
  const status = () => {
    if (live) write(`\r\x1b[K${statusLine(steps, working, done)}`);
  };
  for await (const event of events) {
    switch (event.type) {
      case 'plan':
        for (const step of event.plan.steps) steps.set(step.id, step);
        warnings = event.plan.warnings.length;
        if (!quiet) showWarnings(event.plan.warnings);
        break;
      case 'started':
        working.set(event.step, '');
        if (!live) write(waitingLine(steps.get(event.step)));
        break;
      case 'progress':
        working.set(event.step, event.line);
        break;
      case 'done':
      case 'failed':
        working.delete(event.step);
        done++;
        if (live) write('\r\x1b[K');
        write(finishedLine(steps.get(event.step), event));
        break;
      case 'error':
        if (live) write('\r\x1b[K');
        throw fromMessage(event.error);
    }
    status();
  }
  if (live) write('\r\x1b[K');
  return { steps: steps.size, warnings };
}

/** What is left alone although it differs from the file. */
export function showWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`${pc.yellow('warning')}: ${warning}\n`);
}

function finishedLine(
  step: ShownStep | undefined,
  event: { type: 'done'; milliseconds: number; note?: string } | { type: 'failed' },
): string {
  if (!step) return '';
  const [thing, word] = words[step.kind];
  const subject = step.node === undefined ? step.subject : `${step.subject} on ${step.node}`;
  if (event.type === 'failed') return ` ${pc.red('✘')} ${thing} ${subject}  ${pc.red('Error')}\n`;
  const seconds = `${(event.milliseconds / 1000).toFixed(1)}s`;
  return ` ${pc.green('✔')} ${thing} ${subject}  ${pc.green(event.note ?? word)}  ${pc.dim(seconds)}\n`;
}

/** Off a terminal, what may take long says that it has begun: a log should show life. */
function waitingLine(step: ShownStep | undefined): string {
  if (step?.kind === 'pullImage') return ` … Image ${step.subject}  Pulling\n`;
  if (step?.kind === 'pushImage') return ` … Image ${step.subject}  Pushing\n`;
  if (step?.kind === 'obtainImage') return ` … Image ${step.subject}  Getting ready\n`;
  if (step?.kind !== 'awaitService' && step?.kind !== 'awaitFarService') return '';
  const [service, condition = ''] = step.subject.split(' ');
  return ` … waiting for ${service} ${conditions[condition] ?? 'to run'}\n`;
}

const conditions: Readonly<Record<string, string>> = {
  created: 'to be created',
  healthy: 'to be healthy',
  completed_successfully: 'to complete',
};

function statusLine(
  steps: ReadonlyMap<string, ShownStep>,
  working: ReadonlyMap<string, string>,
  done: number,
): string {
  const [first] = working;
  if (!first) return '';
  const [id, line] = first;
  const text = `[${done}/${steps.size}] ${id}${line ? `: ${line}` : ''}`;
  return pc.dim(text.slice(0, (process.stderr.columns ?? 80) - 1));
}
