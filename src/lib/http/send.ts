import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { Answer } from './answer.ts';
import { type Timeouts, Timing } from './timeouts.ts';

export interface Request {
  /** A URL, or a path at a Unix socket. */
  readonly to: string | URL | { readonly socketPath: string; readonly path: string };
  readonly method: string;
  readonly headers?: http.RequestOptions['headers'];
  /** A stream is sent as it comes. */
  readonly body?: string | Readable | undefined;
  /** Certificates, and the agent that keeps connections. */
  readonly options?: https.RequestOptions | undefined;
  /** Whoever asks may end it, up to the end of the answer. */
  readonly signal?: AbortSignal | undefined;
  readonly timeouts?: Timeouts;
}

/**
 * Sends a request; resolves with the beginning of its answer, whatever its status. Redirections are not followed.
 * @throws HttpTimeout; AbortError when the signal aborts; the system's error when nobody is reached
 */
export function send({ to, body, timeouts = {}, signal, ...request }: Request): Promise<Answer> {
  const timing = new Timing(timeouts, signal);
  const isPath = typeof to === 'object' && 'socketPath' in to;
  const options: https.RequestOptions = {
    ...request.options,
    ...(isPath && to),
    method: request.method,
    headers: request.headers ?? {},
    signal: timing.signal,
  };
  return new Promise<Answer>((resolve, reject) => {
    let isAnswered = false;
    const answered = (response: http.IncomingMessage) => {
      isAnswered = true;
      timing.enter('rest');
      resolve(new Answer(response, timing));
    };
    const outgoing = isPath
      ? clear().request(options, answered)
      : (new URL(to).protocol === 'https:' ? secure() : clear()).request(to, options, answered);
    timing.enter('answer');
    outgoing.on('error', (error) => {
      // What happens later comes to who reads the answer.
      if (isAnswered) return;
      timing.end();
      reject(timing.reason(error));
    });
    outgoing.on('socket', (socket: Socket) => {
      if (!socket.connecting) return;
      timing.enter('connect');
      socket.once('connect', () => timing.enter('answer'));
    });
    if (body instanceof Readable) body.pipe(outgoing);
    else outgoing.end(body);
  });
}

/**
 * Asked for when needed. An import of node:http evaluates all that it exports, of which its WebSocket takes longer to load
 * than most commands take to answer.
 */
function clear(): typeof http {
  return process.getBuiltinModule('node:http');
}

function secure(): typeof https {
  return process.getBuiltinModule('node:https');
}
