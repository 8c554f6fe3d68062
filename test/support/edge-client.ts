import { Agent, request } from 'node:http';
import { connect } from 'node:net';

export interface Target {
  readonly address: string;
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly agent?: Agent;
  readonly method?: string;
}

/** One request; what came back. */
export function ask({ address, port = 80, host, path = '/', agent, method = 'GET' }: Target) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const asking = request(
      { host: address, port, path, method, headers, agent: agent ?? false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        response.on('error', reject);
      },
    );
    asking.on('error', reject).end();
  });
}

/** Clients that ask without a pause until they are stopped; what went wrong is counted. */
export class Clients {
  readonly failures: string[] = [];
  readonly answers = new Map<string, number>();
  #isOver = false;
  readonly #work: Promise<void>[];

  /** @param keepAlive whether each keeps its connection, or makes one for each request */
  constructor(target: Target, count: number, keepAlive: boolean) {
    this.#work = Array.from({ length: count }, async () => {
      const agent = new Agent({ keepAlive, maxSockets: 1 });
      while (!this.#isOver) await this.#once({ ...target, agent });
      agent.destroy();
    });
  }

  get total(): number {
    return this.failures.length + [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#work);
  }

  async #once(target: Target): Promise<void> {
    try {
      const { status, body } = await ask(target);
      if (status !== 200) throw new Error(`${status} ${body.slice(0, 80)}`);
      const [name = ''] = body.split(' ');
      this.answers.set(name, (this.answers.get(name) ?? 0) + 1);
    } catch (error) {
      this.failures.push(`${new Date().toISOString()} ${(error as Error).message}`);
    }
  }
}

/** Sends a text over a connection and returns what comes first. */
export function exchange(address: string, port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address, () => socket.write(text));
    socket.on('error', reject);
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(String(bytes));
    });
    socket.once('close', () => reject(new Error('closed without a word')));
  });
}
