import { x } from 'tinyexec';
import type { ErrorCode } from './error-codes.ts';
import { HeddleError } from './errors.ts';

interface RunOptions {
  /** Written to standard input, which is then closed. */
  readonly input?: string | undefined;
  /** Milliseconds after which the program is ended. Default 30 s. */
  readonly timeout?: number;
  readonly code?: ErrorCode;
}

/** Runs a program with an argument list (never a shell) and returns what it printed. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const running = start(program, args, options, options.input !== undefined);
  return ended(running, [program, ...args], options);
}

/** A program that has been started, and waits for its input. */
export interface StandBy {
  /** Gives it its input, and returns what it printed. */
  finish(input: string): Promise<string>;
}

/** Starts a program that reads what it is to do, for a moment in which there is no time to start one. It has to be finished. */
export function standBy(
  program: string,
  args: readonly string[],
  options: Omit<RunOptions, 'input'> = {},
): StandBy {
  const running = start(program, args, options, true);
  return { finish: (input) => ended(running, [program, ...args], { ...options, input }) };
}

function start(program: string, args: readonly string[], { timeout = 30_000 }: RunOptions, reads: boolean) {
  return x(program, [...args], {
    timeout,
    nodeOptions: { stdio: [reads ? 'pipe' : 'ignore', 'pipe', 'pipe'] },
  });
}

async function ended(
  running: ReturnType<typeof start>,
  [program, ...args]: readonly [string, ...string[]],
  { input, code = 'ERR_INTERNAL' }: RunOptions,
): Promise<string> {
  if (input !== undefined) {
    // A program that ends without reading all of it says so by its exit code.
    running.process?.stdin?.on('error', () => {});
    running.process?.stdin?.end(input);
  }
  let result: Awaited<typeof running>;
  try {
    result = await running;
  } catch (cause) {
    throw new HeddleError(code, `${program} could not be run: ${message(cause)}`, { cause });
  }
  if (result.exitCode !== 0) {
    const said = result.stderr.trim() || result.stdout.trim() || `exit code ${result.exitCode}`;
    throw new HeddleError(code, `${program} ${args.slice(0, 6).join(' ')}: ${said}`);
  }
  return result.stdout;
}

/** Whether a program is on the PATH. */
export async function isInstalled(program: string): Promise<boolean> {
  const { access, constants } = await import('node:fs/promises');
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const found = await access(`${folder}/${program}`, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
