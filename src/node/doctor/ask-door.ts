import { execFile } from 'node:child_process';
import { send } from '../../lib/http/send.ts';

/** Milliseconds: whoever is away is said to be within one second. */
const patience = 3000;
/** Bytes of an answer. */
const longest = 1 << 16;

/** What a runtime's plugin prints when it is started, however it ends. Of its caller's environment it gets nothing. */
export function askProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, timeout: patience }, (error, stdout) =>
      resolve(stdout || (error?.message ?? '')),
    );
    // It may end before it has read all.
    child.stdin?.on('error', () => {});
    child.stdin?.end('{}');
  });
}

/** What is answered at the socket of a plugin of Docker (libnetwork, docs/remote.md). */
export async function askSocket(socketPath: string, method: string): Promise<string> {
  try {
    const to = { socketPath, path: `/${method}` };
    const answer = await send({ to, method: 'POST', timeouts: { whole: patience } });
    return await answer.text(longest);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why an answer is none: each door says in its own word what is wrong. Pure. */
export function silenceOf(answer: string): string | undefined {
  try {
    const { msg, error, Err } = JSON.parse(answer) as Readonly<Record<string, string | undefined>>;
    return msg ?? error ?? Err;
  } catch {
    return answer.trim().slice(0, 200) || 'nothing is said';
  }
}
