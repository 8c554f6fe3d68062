import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { BoundedText } from './bounded-text.ts';
import type { Call } from './call.ts';
import type { HookRequest } from './http-request.ts';
import type { Answer } from './outcome.ts';
import { most, tooMuch } from './outputs.ts';

/** The built package has the program beside what starts it. */
const program = import.meta.url.endsWith('.ts') ? './http-request-process.ts' : './hook-request.js';

/**
 * Asks the server of a function's manager, on the loopback of the function's network namespace: nobody else is reached there, nor
 * reaches it. It takes a process, for a namespace is a thread's, and none of the node's goes there.
 */
export async function callHttp(
  { port, path }: { readonly port: number; readonly path: string },
  { hook, container: { pid }, input, signal }: Call,
): Promise<Answer> {
  const request: HookRequest = { port, path, hook, body: input, most: most.bytes };
  const file = fileURLToPath(new URL(program, import.meta.url));
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', file];
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...command], {
    // Of the node's environment nothing is meant for it.
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const [answered, said] = [new BoundedText(4 * most.bytes, 'first'), new BoundedText(4096, 'last')];
  child.stdout.on('data', (data: Buffer) => answered.add(data));
  child.stderr.on('data', (data: Buffer) => said.add(data));
  child.stdin.on('error', () => {});
  // It stays open: the process ends with it.
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const failure = once(child, 'error').then(([error]) => error as Error);
  const closed = once(child, 'close').then(() => undefined);
  const error = await Promise.race([failure, closed]).catch((cause: Error) => cause);
  if (signal.aborted) return { kind: 'failed', why: 'it did not answer in time', said: '' };
  if (error) return { kind: 'failed', why: `it could not be asked: ${error.message}`, said: '' };
  return (
    answerFrom(answered.toString()) ?? { kind: 'failed', why: 'it could not be asked', said: said.toString() }
  );
}

/** What the process has printed. */
function answerFrom(text: string): Answer | undefined {
  if (text === '') return undefined;
  const { status, body, error, isFull } = JSON.parse(text) as Partial<
    Readonly<{ status: number; body: string; error: string; isFull: boolean }>
  >;
  if (isFull) return { kind: 'failed', why: tooMuch, said: '' };
  if (error !== undefined) return { kind: 'failed', why: `it could not be asked: ${error}`, said: '' };
  return { kind: 'answered', status: status ?? 0, body: body ?? '' };
}
