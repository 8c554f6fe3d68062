import { Readable } from 'node:stream';
import { HeddleError } from '../lib/errors.ts';
import type { Answer } from '../lib/http/answer.ts';
import { send } from '../lib/http/send.ts';
import { HttpTransport, type Outgoing } from './http-transport.ts';

/** Asks whoever listens at a Unix socket: a node, or a networking service that runs by itself. */
export class SocketTransport extends HttpTransport {
  readonly #socket: string;
  #start: (() => Promise<unknown>) | undefined;

  /** `start` is called when nobody listens at the socket, once; then the request is tried again. */
  constructor(socket: string, start?: () => Promise<unknown>) {
    super();
    this.#socket = socket;
    this.#start = start;
  }

  /** Where nobody listens, who does is started first if this client may do so. */
  override async reach(request: Outgoing): Promise<Answer> {
    const start = this.#start;
    this.#start = undefined;
    try {
      return await this.#request(request);
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      const nobody = code === 'ENOENT' || code === 'ECONNREFUSED';
      if (!start || !nobody || request.body instanceof Readable) throw error;
      await start();
      return this.#request(request);
    }
  }

  async #request({ target, ...request }: Outgoing): Promise<Answer> {
    try {
      return await send({ to: { socketPath: this.#socket, path: target }, ...request });
    } catch (error) {
      const cause = error as Error;
      throw new HeddleError(
        'ERR_NODE_ABSENT',
        `the node does not answer at ${this.#socket}: ${cause.message}`,
        { cause },
      );
    }
  }
}
