import { HeddleError } from '../../lib/errors.ts';
import { run } from '../../lib/exec.ts';

const hint = 'programs in the kernel need bpftool (apt-get install bpftool)';

/** Runs one command of bpftool(8) and returns its JSON. */
export async function bpftool<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse((await asking(args)) || 'null') as T;
}

/** Runs several in one process; the first that fails ends it. What each printed, in their order. */
export async function bpftoolBatch(commands: readonly string[]): Promise<unknown[]> {
  if (commands.length === 0) return [];
  const text = await asking(['batch', 'file', '-'], `${commands.join('\n')}\n`);
  return (JSON.parse(text) as { output: unknown }[]).map(({ output }) => output);
}

async function asking(args: readonly string[], input?: string): Promise<string> {
  try {
    return await run('bpftool', ['-j', ...args], { code: 'ERR_NETWORK', input });
  } catch (cause) {
    const { message } = cause as Error;
    throw new HeddleError('ERR_NETWORK', message, { cause, ...(message.includes('ENOENT') && { hint }) });
  }
}
