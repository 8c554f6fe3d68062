import { Client, type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import { HeddleError } from '../../lib/errors.ts';
import { failure } from './failure.ts';
import {
  type Arbitration,
  code,
  decode,
  type Entity,
  encode,
  type MessageName,
  methods,
  pipelineAction,
  responseType,
  type Status,
  type Update,
} from './messages.ts';

/** Milliseconds that a switch has for an answer. */
const answerTime = 5000;
/** Milliseconds until it has to be there: longer than the longest pause between attempts. */
const connectTime = 1500;
/** Entries of a write; a message has at most 4 MiB. */
const batch = 500;

export interface Pipeline {
  /** What p4c describes, as a message in bytes (`--p4runtime-files NAME.bin`). */
  readonly p4info: Buffer;
  /** What BMv2 runs: p4c's JSON. */
  readonly deviceConfig: Buffer;
  /** What it is known by, 64 bits. */
  readonly cookie: bigint;
}

interface Config {
  readonly p4info?: Uint8Array;
  readonly cookie?: { readonly cookie?: string };
}

interface Channel {
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  readonly election: bigint;
}

/**
 * A switch by P4Runtime 1.3 and later (p4.org), of which this is the primary controller while it is used. A connection that
 * ended is made again with the next question.
 */
export class P4Switch {
  readonly #client: Client;
  readonly #address: string;
  readonly #deviceId: number;
  readonly #told: (message: string) => void;
  #channel: Promise<Channel> | undefined;
  #stream: ClientDuplexStream<Buffer, Buffer> | undefined;

  /** `told`: hears what the switch says of itself is wrong. */
  constructor(address: string, deviceId: number, told: (message: string) => void = () => {}) {
    this.#address = address;
    this.#deviceId = deviceId;
    this.#told = told;
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.initial_reconnect_backoff_ms': 100,
    });
  }

  /** The cookie of the pipeline that it runs; nothing when it has none. @throws HeddleError ERR_P4RUNTIME */
  async pipeline(): Promise<bigint | undefined> {
    const cookie = (await this.#config(responseType.cookieOnly))?.cookie?.cookie;
    return cookie === undefined ? undefined : BigInt(cookie);
  }

  /** How its compiler describes the pipeline that it runs; nothing when it has none. @throws HeddleError ERR_P4RUNTIME */
  async p4info(): Promise<Uint8Array | undefined> {
    return (await this.#config(responseType.p4infoAndCookie))?.p4info;
  }

  async #config(type: number): Promise<Config | undefined> {
    await this.#primary();
    const request = { deviceId: this.#deviceId, responseType: type };
    try {
      const answer = await this.#ask<{ config?: Config }>(
        methods.getPipeline,
        ['GetForwardingPipelineConfigRequest', request],
        'GetForwardingPipelineConfigResponse',
      );
      return answer.config;
    } catch (error) {
      if ((error as ServiceError).code === code.failedPrecondition) return undefined;
      throw this.#failure('pipeline', error);
    }
  }

  /**
   * Gives it a pipeline, whose tables are empty then. `isAlike`: they have what they had, where it can do that: all that is in them has
   * a place in the new one.
   * @throws HeddleError ERR_P4RUNTIME
   */
  async setPipeline({ p4info, deviceConfig, cookie }: Pipeline, isAlike = false): Promise<void> {
    const config = { p4info, p4DeviceConfig: deviceConfig, cookie: { cookie: String(cookie) } };
    const action = isAlike ? pipelineAction.reconcileAndCommit : pipelineAction.verifyAndCommit;
    const request = { ...(await this.#identity()), action, config };
    await this.#ask(
      methods.setPipeline,
      ['SetForwardingPipelineConfigRequest', request],
      'SetForwardingPipelineConfigResponse',
    ).catch((error) => {
      const isUnknown = (error as ServiceError).code === code.unimplemented;
      if (isAlike && isUnknown) return this.setPipeline({ p4info, deviceConfig, cookie });
      throw this.#failure('pipeline', error);
    });
  }

  /** Changes tables, entry by entry in their order. @throws HeddleError ERR_P4RUNTIME with what was refused */
  async write(updates: readonly Update[]): Promise<void> {
    for (let at = 0; at < updates.length; at += batch) {
      const request = { ...(await this.#identity()), updates: updates.slice(at, at + batch) };
      await this.#ask(methods.write, ['WriteRequest', request], 'WriteResponse').catch((error) => {
        throw this.#failure('write', error);
      });
    }
  }

  /** Reads what matches: an entry without a match is all of its table. @throws HeddleError ERR_P4RUNTIME */
  async read(...entities: readonly Entity[]): Promise<readonly Entity[]> {
    await this.#primary();
    const request = encode('ReadRequest', { deviceId: this.#deviceId, entities });
    const deadline = Date.now() + answerTime;
    const answers = this.#client.makeServerStreamRequest(methods.read, same, same, request, { deadline });
    const found: Entity[] = [];
    try {
      for await (const bytes of answers)
        found.push(...decode<{ entities: Entity[] }>('ReadResponse', bytes as Buffer).entities);
    } catch (error) {
      throw this.#failure('read', error);
    }
    return found;
  }

  async close(): Promise<void> {
    const channel = await this.#channel?.catch(() => undefined);
    channel?.stream.cancel();
    this.#client.close();
  }

  async #identity(): Promise<object> {
    const { election } = await this.#primary();
    return { deviceId: this.#deviceId, electionId: electionId(election) };
  }

  #primary(): Promise<Channel> {
    if (!this.#channel) {
      const channel = this.#arbitrate();
      this.#channel = channel;
      channel.catch(() => this.#forget(channel));
    }
    return this.#channel;
  }

  #forget(channel: Promise<Channel>): void {
    if (this.#channel === channel) this.#channel = undefined;
  }

  /** One that was away a moment ago is asked again only after a pause: that is waited for. */
  async #arbitrate(): Promise<Channel> {
    await new Promise<void>((resolve) =>
      this.#client.waitForReady(Date.now() + connectTime, () => resolve()),
    );
    return this.#claim();
  }

  /** Whoever came last is the primary: the one before is the same node's, which ended (P4Runtime 1.4, 5). */
  #claim(): Promise<Channel> {
    const election = BigInt(Date.now());
    const stream = this.#client.makeBidiStreamRequest(methods.stream, same, same);
    const request = { deviceId: this.#deviceId, electionId: electionId(election) };
    this.#stream = stream;
    const channel = new Promise<Channel>((resolve, reject) => {
      const late = setTimeout(() => stream.cancel(), answerTime);
      const fail = (error: HeddleError) => {
        clearTimeout(late);
        reject(error);
        // A stream that ends later on is no longer this switch's.
        if (this.#stream === stream) this.#channel = undefined;
      };
      stream.on('data', (bytes: Buffer) => {
        const { arbitration, error } = read(bytes);
        if (error) this.#told(`${this.#address}: ${error.message ?? ''} (${error.canonicalCode ?? 0})`);
        if (!arbitration) return;
        clearTimeout(late);
        if ((arbitration.status?.code ?? code.ok) === code.ok) return resolve({ stream, election });
        fail(this.#other(arbitration.status));
        stream.cancel();
      });
      stream.on('error', (error) => fail(this.#failure('stream', error)));
      stream.on('end', () => fail(new HeddleError('ERR_P4RUNTIME', `${this.#what('stream')}: it ended`)));
    });
    stream.write(encode('StreamMessageRequest', { arbitration: request }));
    return channel;
  }

  #other(status: Status | undefined): HeddleError {
    const why = status?.message || 'another controller is its primary';
    return new HeddleError('ERR_P4RUNTIME', `${this.#what('arbitration')}: ${why}`, {
      hint: 'a switch has one controller: end the other',
    });
  }

  #ask<T>(path: string, [name, request]: readonly [MessageName, object], answer: MessageName): Promise<T> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + answerTime;
      const bytes = encode(name, request);
      this.#client.makeUnaryRequest(path, same, same, bytes, { deadline }, (error, value) => {
        if (error) return reject(error);
        // Nobody would catch what is thrown here.
        try {
          resolve(decode<T>(answer, value ?? Buffer.alloc(0)));
        } catch (cause) {
          reject(new Error(`its answer is no ${answer}`, { cause }));
        }
      });
    });
  }

  #failure(what: string, error: unknown): HeddleError {
    return failure(this.#what(what), error as ServiceError);
  }

  #what(what: string): string {
    return `the switch at ${this.#address}, ${what}`;
  }
}

function electionId(election: bigint): object {
  return { high: '0', low: String(election) };
}

const same = (bytes: Buffer) => bytes;

interface Heard {
  readonly arbitration?: Arbitration;
  readonly error?: { readonly canonicalCode?: number; readonly message?: string };
}

/** What is no message says nothing. */
function read(bytes: Buffer): Heard {
  try {
    return decode<Heard>('StreamMessageResponse', bytes);
  } catch {
    return {};
  }
}
