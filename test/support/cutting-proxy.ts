import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of a commit: it is handed on and its answer is lost; it is lost itself; or it is handed on when the next one
 * was answered, long after its sender gave it up.
 */
type Fault = 'answer' | 'question' | 'late';

/** Stands between a client and one member of etcd, and loses what it is told to. */
export class CuttingProxy {
  /** Of the next commits, in order. */
  readonly faults: Fault[] = [];
  readonly #server = createServer((incoming, outgoing) => {
    this.#handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  readonly #member: string;
  #isDying = false;
  #isDead = false;
  #late: (() => Promise<unknown>) | undefined;

  private constructor(member: string) {
    this.#member = member;
  }

  static async start(member: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(member);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** After the faults that are to come, nothing is heard of the member any more. */
  dies(): void {
    this.#isDying = true;
  }

  /** Nothing is heard of the member, until it returns. */
  leaves(): void {
    this.#isDead = true;
    this.#server.closeAllConnections();
  }

  returns(): void {
    this.#isDead = false;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { url: path = '', socket } = incoming;
    if (this.#isDead) return void socket.destroy();
    if (path.endsWith('/watch')) return this.#pass(incoming, outgoing);
    const body = await textOf(incoming);
    const fault = path.endsWith('/kv/txn') ? this.faults.shift() : undefined;
    const ask = () => this.#ask(path, body);
    if (fault) {
      if (fault === 'answer') await ask();
      if (fault === 'late') this.#late = ask;
      this.#isDead = this.#isDying && this.faults.length === 0;
      return void socket.destroy();
    }
    const { status, text } = await ask();
    if (path.endsWith('/kv/txn')) {
      await this.#late?.();
      this.#late = undefined;
    }
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(text);
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { headers, url } = incoming;
    const passed = request(`${this.#member}${url}`, { method: 'POST', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }

  async #ask(path: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(`${this.#member}${path}`, { method: 'POST', body });
    return { status: answer.status, text: await answer.text() };
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
