import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of the next commit: it is handed on and its answer is lost; it is lost itself; it is handed on when the next
 * one has been answered, long after its sender gave it up.
 */
type Fault = 'answer' | 'question' | 'late';

/** Stands between a client and one member of etcd, and loses what it is told to. */
export class CuttingProxy {
  /** Faults of the next commits, in order. */
  readonly faults: Fault[] = [];
  /** Every commit that is handed on and lost from now on is the last that is heard of the member. */
  isDead = false;
  readonly #server: Server;
  readonly #member: string;
  #late: (() => Promise<unknown>) | undefined;

  private constructor(member: string) {
    this.#member = member;
    this.#server = createServer(
      (incoming, outgoing) => void this.#handle(incoming, outgoing).catch(() => outgoing.destroy()),
    );
  }

  static async start(member: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(member);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where it stands before one that is away. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { url: path = '', headers } = incoming;
    if (this.isDead) return void incoming.socket.destroy();
    if (path.endsWith('/watch')) return void this.#pass(incoming, outgoing);
    const body = await read(incoming);
    const isCommit = path.endsWith('/kv/txn');
    const fault = isCommit ? this.faults.shift() : undefined;
    const ask = () => this.#ask(path, headers['grpc-metadata-hasleader'], body);
    if (fault === 'late') this.#late = ask;
    if (fault === 'answer') await ask();
    if (fault) {
      this.isDead = this.faults.length === 0 && this.#diesNext;
      incoming.socket.destroy();
      return;
    }
    const answer = await ask();
    if (isCommit) {
      await this.#late?.();
      this.#late = undefined;
    }
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }

  /** After the faults that are to come, nothing is heard of the member any more. */
  dies(): void {
    this.#diesNext = true;
  }
  #diesNext = false;

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, headers, url } = incoming;
    const passed = request(`${this.#member}${url}`, { method: method ?? 'POST', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  }

  async #ask(path: string, hasleader: string | string[] | undefined, body: string) {
    const answer = await fetch(`${this.#member}${path}`, {
      method: 'POST',
      headers: { 'grpc-metadata-hasleader': `${hasleader}` },
      body,
    });
    return { status: answer.status, body: await answer.text() };
  }
}

async function read(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}
