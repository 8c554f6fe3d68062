import { once } from 'node:events';
import { PassThrough, Transform } from 'node:stream';
import type { ExecInput, ExecOutput } from '../api/contracts/exec.ts';
import { HeddleError } from '../lib/errors.ts';

interface JoinOptions {
  /** Whether standard input is handed on. */
  readonly input: boolean;
  /** Whether signals are. */
  readonly signals: boolean;
  /** Called with what comes beside the output. */
  readonly other?: (output: ExecOutput) => void;
  /** Called when the streams are joined. */
  readonly attached?: (container: string) => Promise<void>;
}

/** Those that a user, or who runs the command, sends to end it or to tell it something. */
const handedOn = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/**
 * Joins this command's streams, its signals and the size of its terminal to those of a container's process. The terminal
 * is raw only while it is joined to another. Returns the exit code of the process.
 */
export async function joinedTo(
  open: (inputs: AsyncIterable<ExecInput>) => AsyncIterable<ExecOutput>,
  first: ExecInput,
  options: JoinOptions,
): Promise<number> {
  const inputs = new PassThrough({ objectMode: true });
  const send = (input: ExecInput) => {
    if (inputs.writable) inputs.write(input);
  };
  send(first);
  const undo: (() => void)[] = [];
  try {
    for await (const output of open(inputs)) {
      if (output.type === 'attached') {
        await options.attached?.(output.container);
        undo.push(...joinInput(inputs, send, output.tty, options));
      } else if (output.type === 'output') await print(output);
      else if (output.type === 'ended') return output.exitCode;
      else options.other?.(output);
    }
  } finally {
    for (const step of undo) step();
    process.stdin.destroy();
  }
  throw new HeddleError('ERR_NODE_ABSENT', 'the node went away while the command ran');
}

/** Returns what puts everything back. */
function joinInput(
  inputs: PassThrough,
  send: (input: ExecInput) => void,
  tty: boolean,
  { input, signals }: JoinOptions,
): (() => void)[] {
  const { stdin, stdout } = process;
  const undo: (() => void)[] = [];
  if (tty && stdout.isTTY) {
    const resize = () => send({ type: 'resize', rows: stdout.rows || 24, columns: stdout.columns || 80 });
    resize();
    stdout.on('resize', resize);
    undo.push(() => stdout.off('resize', resize));
  }
  if (tty && input && stdin.isTTY) {
    stdin.setRawMode(true);
    undo.push(() => stdin.setRawMode(false));
  }
  if (input) stdin.pipe(typed()).pipe(inputs);
  if (signals) {
    for (const name of handedOn) {
      const handler = () => send({ type: 'signal', name });
      process.on(name, handler);
      undo.push(() => process.off(name, handler));
    }
  }
  return undo;
}

function typed(): Transform {
  return new Transform({
    readableObjectMode: true,
    transform: (chunk: Buffer, _encoding, done) =>
      done(null, { type: 'input', data: chunk.toString('base64') } satisfies ExecInput),
  });
}

async function print({ stream, data }: ExecOutput & { type: 'output' }): Promise<void> {
  const out = process[stream];
  if (!out.write(Buffer.from(data, 'base64'))) await once(out, 'drain');
}
