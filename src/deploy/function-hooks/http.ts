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

/** Bytes of what it prints: JSON writes some characters of one byte as six (RFC 8259, section 7), and around them stands a little more. */
const longest = 6 * most.bytes + 1024;

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
  const [answered, said] = [printedText(), new BoundedText(4096, 'last')];
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
  return answerFrom(answered, said.toString());
}

/** For what the process prints. */
export function printedText(): BoundedText {
  return new BoundedText(longest, 'first');
}

/** From what the process has printed, and said besides. Pure. */
export function answerFrom(printed: BoundedText, said: string): Answer {
  if (printed.isOver) return { kind: 'failed', why: tooMuch, said: '' };
  let answer: Partial<Readonly<{ status: number; body: string; error: string; isFull: boolean }>>;
  try {
    answer = JSON.parse(printed.toString());
  } catch {
    // It ended before it had printed all. Its words are not quoted: they may be secrets.
    return { kind: 'failed', why: 'it could not be asked', said };
  }
  const { status, body, error, isFull } = answer;
  if (isFull) return { kind: 'failed', why: tooMuch, said: '' };
  if (error !== undefined) return { kind: 'failed', why: `it could not be asked: ${error}`, said: '' };
  return { kind: 'answered', status: status ?? 0, body: body ?? '' };
}
