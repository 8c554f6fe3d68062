// A server that answers whatever it is asked with what a test has laid out for it, be it a message of P4Runtime or not.
import { Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { methods } from '../../src/networks/p4runtime/messages.ts';

/** An answer in bytes, or a refusal: what its status says of details (`grpc-status-details-bin`). */
export type OddAnswer = { readonly bytes: Buffer } | { readonly refused: Buffer };

export interface OddAnswers {
  /** Of the stream, at once. */
  readonly stream: readonly Buffer[];
  readonly pipeline: OddAnswer;
  readonly read: readonly Buffer[];
  readonly write: OddAnswer;
}

type Answered = (error: object | null, value?: Buffer) => void;

const same = (bytes: Buffer) => bytes;
const codec = {
  requestDeserialize: same,
  requestSerialize: same,
  responseDeserialize: same,
  responseSerialize: same,
};

export class OddP4Switch {
  readonly #server = new Server();
  answers: OddAnswers = {
    stream: [],
    pipeline: { bytes: Buffer.alloc(0) },
    read: [],
    write: { bytes: Buffer.alloc(0) },
  };
  address = '';

  constructor() {
    const definition = (path: string, requestStream = false, responseStream = false) => ({
      path,
      requestStream,
      responseStream,
      ...codec,
    });
    this.#server.addService(
      {
        write: definition(methods.write),
        get: definition(methods.getPipeline),
        set: definition(methods.setPipeline),
        read: definition(methods.read, false, true),
        stream: definition(methods.stream, true, true),
      },
      {
        write: (_: unknown, answer: Answered) => give(this.answers.write, answer),
        get: (_: unknown, answer: Answered) => give(this.answers.pipeline, answer),
        set: (_: unknown, answer: Answered) => give(this.answers.write, answer),
        read: (call: Written) => {
          for (const bytes of this.answers.read) call.write(bytes);
          call.end();
        },
        stream: (call: Written) => {
          call.on('error', () => {});
          call.on('data', () => {
            for (const bytes of this.answers.stream) call.write(bytes);
          });
          call.on('end', () => call.end());
        },
      },
    );
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        if (error) return reject(error);
        this.address = `127.0.0.1:${port}`;
        resolve();
      });
    });
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

interface Written {
  write(bytes: Buffer): void;
  on(event: string, hear: () => void): void;
  end(): void;
}

function give(odd: OddAnswer, answer: Answered): void {
  if ('bytes' in odd) {
    answer(null, odd.bytes);
    return;
  }
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', odd.refused);
  answer({ code: 2, details: 'refused', metadata });
}
