import { connect, type Socket } from 'node:net';
import { HeddleError } from '../../../lib/errors.ts';
import { JsonSplitter } from './json-splitter.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HeddleError) => void;
  readonly timer: NodeJS.Timeout;
}

export interface Listener {
  /** Who answers there, for messages. */
  readonly who: string;
  /** What the server says by itself. */
  notified(method: string, params: unknown): void;
  ended(reason: HeddleError): void;
}

/** Of one message; a whole Open_vSwitch database of 1,000 ports has less than 2 MB. */
const longestMessage = 64 * 1024 * 1024;

/** JSON-RPC 1.0 over a Unix socket, as OVSDB speaks it (RFC 7047, 4). */
export class JsonRpc {
  readonly #socket: Socket;
  readonly #path: string;
  readonly #splitter = new JsonSplitter(longestMessage);
  readonly #waiting = new Map<number, Waiting>();
  readonly #listener: Listener;
  #last = 0;
  #ended: HeddleError | undefined;

  private constructor(socket: Socket, path: string, listener: Listener) {
    this.#socket = socket;
    this.#path = path;
    this.#listener = listener;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (cause) => this.#end(this.#error(cause.message, cause)));
    socket.on('close', () => this.#end(this.#error('it closed the connection')));
    // Nobody has to wait for a connection that nobody uses.
    socket.unref();
  }

  /** @throws HeddleError ERR_OVS */
  static async connect(path: string, timeout: number, listener: Listener): Promise<JsonRpc> {
    const socket = connect(path);
    const failed = (why: string, cause?: unknown) =>
      new HeddleError('ERR_OVS', `${listener.who} at ${path}: ${why}`, { cause });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(failed(`it did not take the connection within ${timeout} ms`)),
        timeout,
      );
      socket.once('connect', resolve);
      socket.once('error', (cause) => reject(failed(cause.message, cause)));
      socket.once('close', () => clearTimeout(timer));
      socket.once('connect', () => clearTimeout(timer));
    }).catch((error) => {
      socket.destroy();
      throw error;
    });
    return new JsonRpc(socket, path, listener);
  }

  /**
   * @param timeout milliseconds that the answer may take
   * @throws HeddleError ERR_OVS
   */
  request(method: string, params: readonly unknown[], timeout: number): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(this.#error(`no answer to ${method} within ${timeout} ms`));
      }, timeout);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#send({ method, params, id });
    });
  }

  close(): void {
    this.#end(this.#error('the connection was closed'));
  }

  #send(message: object): void {
    this.#socket.write(JSON.stringify(message));
  }

  #take(chunk: Buffer): void {
    try {
      for (const message of this.#splitter.push(chunk)) this.#heed(message);
    } catch (error) {
      this.#end(error instanceof HeddleError ? error : this.#error('it says what is not understood', error));
    }
  }

  #heed(message: unknown): void {
    if (typeof message !== 'object' || message === null)
      throw this.#error('it says what is no JSON-RPC message');
    const { method, params, id, result, error } = message as Readonly<Record<string, unknown>>;
    if (method === 'echo') this.#send({ id, result: params, error: null });
    else if (typeof method === 'string') this.#listener.notified(method, params);
    else if (typeof id === 'number') this.#answer(id, result, error);
  }

  #answer(id: number, result: unknown, error: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (error === null || error === undefined) waiting.resolve(result);
    else waiting.reject(this.#error(`it refuses: ${JSON.stringify(error).slice(0, 500)}`));
  }

  #end(reason: HeddleError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#socket.destroy();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#waiting.clear();
    this.#listener.ended(reason);
  }

  #error(why: string, cause?: unknown): HeddleError {
    return new HeddleError('ERR_OVS', `${this.#listener.who} at ${this.#path}: ${why}`, { cause });
  }
}
