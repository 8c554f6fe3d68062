import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request to a manager's server on the loopback of the namespace that this process is in. */
export interface HookRequest {
  readonly port: number;
  readonly path: string;
  readonly hook: string;
  /** JSON. */
  readonly body: string;
  /** Bytes of the answer. */
  readonly most: number;
}

export type HookAnswer =
  | { readonly status: number; readonly body: string }
  /** It was longer than it may be. */
  | { readonly isFull: true }
  | { readonly error: string };

/** Milliseconds between two attempts to reach a server that does not listen yet: its program may just have started. */
const pause = 50;

/** Asks until somebody listens; whoever has taken a request is not asked again. No redirect is followed. */
export async function ask(request: HookRequest): Promise<HookAnswer> {
  for (;;) {
    try {
      return await once(request);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ECONNREFUSED') return { error: message };
      await sleep(pause);
    }
  }
}

function once({ port, path, hook, body, most }: HookRequest): Promise<HookAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'heddle-hook': hook,
      connection: 'close',
    };
    const asked = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= most) chunks.push(chunk);
        else {
          resolve({ isFull: true });
          asked.destroy();
        }
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
