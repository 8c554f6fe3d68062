import { spawn } from 'node:child_process';

/** Milliseconds that a plugin may take. */
export const pluginTimeout = 15_000;
/** Characters that it may print. */
const most = 1_000_000;
/** Of what it says on standard error, that is told on. */
const told = 400;

export interface PluginCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs a program without a terminal, and with it whatever it starts, for so long at most.
 * @returns what it printed
 * @throws Error that says why there is nothing of use
 */
export function runPlugin({ command, args, env }: PluginCommand, timeout = pluginTimeout): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // In a group of its own, so that what it started ends with it.
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let [printed, said] = ['', ''];
  const kill = () => child.pid !== undefined && killGroup(child.pid);
  // Nothing of it stays when whoever asked it ends.
  process.once('exit', kill);
  const settle = () => {
    clearTimeout(late);
    process.removeListener('exit', kill);
  };
  const end = (reason: string) => {
    settle();
    child.stdout.destroy();
    child.stderr.destroy();
    kill();
    reject(new Error(said ? `${reason}: ${said}` : reason));
  };
  const late = setTimeout(() => end(`it did not answer within ${timeout / 1000} s, and was ended`), timeout);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.length > most) end(`it printed more than ${most} characters`);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = oneLine(said + text).slice(-told);
  });
  child.on('error', (error: NodeJS.ErrnoException) =>
    end(error.code === 'ENOENT' ? 'there is no such program' : `it cannot be run: ${error.message}`),
  );
  child.on('close', (code, signal) => {
    if (code === 0) {
      settle();
      resolve(printed);
    } else end(signal ? `it was ended by ${signal}` : `it failed with exit code ${code}`);
  });
  return promise;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it is gone already.
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}
