import { type Duplex, PassThrough } from 'node:stream';
import { MqttClient } from 'mqtt';
import { Backoff } from '../../lib/backoff.ts';
import { HeddleError } from '../../lib/errors.ts';
import { longestView, PacketLimit } from './packet-limit.ts';

/** Milliseconds until the first attempt to connect again, and the longest pause between two. */
const firstPause = 200;
const longestPause = 2000;
/** Seconds of silence after which the broker is asked whether it is there. */
const keepalive = 5;
const connectTimeout = 5000;
/** MQTT 3.1.1, 3.9.3. */
const refusedCode = 128;

export interface BusEvents {
  /** Nothing is subscribed to yet. */
  connected(): void;
  /** Told once, and again when another reason is given. */
  disconnected(reason: string): void;
  message(topic: string, payload: Buffer, retained: boolean): void;
}

/** A connection to a broker, MQTT 3.1.1, made again whenever it breaks. */
export class Bus {
  readonly #client: MqttClient;
  readonly #events: BusEvents;
  #reason = '';
  #wasConnected = false;
  #reported: string | undefined;
  /** The first attempt after a loss is the client's own. */
  readonly #backoff = new Backoff(2 * firstPause, longestPause);

  /**
   * @param connect makes the stream to the broker, anew for every attempt
   * @param name of the connection; two of one name at one broker push each other out
   */
  constructor(connect: () => Duplex, name: string, events: BusEvents) {
    this.#events = events;
    this.#client = new MqttClient(() => this.#open(connect), {
      protocolVersion: 4,
      protocolId: 'MQTT',
      clientId: name,
      clean: true,
      resubscribe: false,
      keepalive,
      connectTimeout,
      reconnectPeriod: firstPause,
    });
    this.#client.on('connect', () => {
      this.#backoff.reset();
      this.#reported = undefined;
      this.#reason = '';
      this.#wasConnected = true;
      events.connected();
    });
    this.#client.on('error', (error) => {
      this.#reason ||= reasonOf(error);
    });
    this.#client.prependListener('close', () => this.#lost());
    this.#client.on('message', (topic, payload, { retain }) => events.message(topic, payload, retain));
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  /** Asks for topics, and for what is retained under them: again when it was asked before. */
  async subscribe(filters: readonly string[]): Promise<void> {
    try {
      await this.#client.subscribeAsync([...filters], { qos: 1 });
    } catch (cause) {
      const { packet } = cause as { readonly packet?: { readonly granted?: readonly number[] } };
      if (!packet?.granted?.includes(refusedCode)) throw cause;
      throw new HeddleError(
        'ERR_EDGE_BROKER',
        `the broker does not let us read all of ${filters.join(', ')}`,
        {
          hint: 'its access rules are to be those of packaging/mosquitto',
          cause,
        },
      );
    }
  }

  /** Resolves when the broker has it; retained, it gives it to whoever asks later. */
  async publish(topic: string, payload: string | Buffer, retain: boolean): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain });
  }

  async end(): Promise<void> {
    // Whoever published has waited for the broker to have it.
    await this.#client.endAsync(true);
  }

  /** A stream in any case: one that cannot be opened is one that broke. */
  #open(connect: () => Duplex): Duplex {
    let stream: Duplex;
    try {
      stream = connect();
    } catch (error) {
      stream = new PassThrough();
      process.nextTick(() => stream.destroy(error as Error));
    }
    const limit = new PacketLimit(longestView);
    stream.on('data', (bytes: Buffer) => {
      const problem = limit.take(bytes);
      if (problem) stream.destroy(problem);
    });
    return stream.on('error', (error) => {
      this.#reason ||= reasonOf(error);
    });
  }

  /** Many gateways lose a broker at once, and are not to come back all at once. */
  #lost(): void {
    // A broker may send a stranger away without a word.
    const unsaid = this.#wasConnected
      ? 'the broker ended the connection'
      : 'the broker does not take our certificate';
    const reason = this.#reason || unsaid;
    this.#reason = '';
    this.#wasConnected = false;
    this.#client.options.reconnectPeriod = this.#backoff.nextScattered();
    if (this.#client.disconnecting || reason === this.#reported) return;
    this.#reported = reason;
    this.#events.disconnected(reason);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate there is not of that host',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate there is of another authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate there is of another authority',
  CERT_REVOKED: 'the certificate there was revoked',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'our certificate was revoked',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_REVOKED': 'our certificate was revoked',
};

function reasonOf(error: Error & { readonly code?: string | number }): string {
  return reasons[error.code ?? ''] ?? error.message;
}
