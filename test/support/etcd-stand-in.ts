import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it says to a question; `cut`: the connection ends; `hang`: nothing. */
export type Said = { readonly status: number; readonly text: string } | 'cut' | 'hang';

/** Answers as a member of etcd might, or as it never would. */
export class EtcdStandIn {
  /** `token`: as whom it is asked. */
  says: (path: string, question: string, token: string | undefined) => Said = () => 'hang';
  /** Paths that were asked, in order. */
  readonly asked: string[] = [];
  readonly #server: Server = createServer((incoming, outgoing) => {
    const path = incoming.url?.replace('/v3/', '') ?? '';
    let question = '';
    incoming.setEncoding('utf8').on('data', (part) => {
      question += part;
    });
    incoming.on('end', () => {
      this.asked.push(path);
      const said = this.says(path, question, incoming.headers.authorization);
      if (said === 'cut') incoming.socket.destroy();
      else if (said !== 'hang') outgoing.writeHead(said.status).end(said.text);
    });
  });

  static async start(): Promise<EtcdStandIn> {
    const standIn = new EtcdStandIn();
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export function answer(value: unknown, status = 200): Said {
  return { status, text: JSON.stringify(value) };
}

/** As etcd 3.4 says it. */
export function refusal(status: number, code: number, message: string): Said {
  return answer({ error: message, message, code }, status);
}
