import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Aedes, Client } from 'aedes';
import { HeddleError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { Credentials } from '../ca/authority.ts';
import { pemBlocks, subjectOf } from '../ca/credentials.ts';
import { controllerSubject } from '../ca/subjects.ts';
import type { Endpoint } from '../listen/endpoint.ts';
import { FairConnections } from '../listen/fair-connections.ts';
import { Handshakes } from '../listen/handshakes.ts';
import { longestTelemetry, longestView, PacketLimit } from './packet-limit.ts';
import { type Persistence, persistenceByLevel } from './persistence.ts';
import { mayRead, mayWrite } from './topics.ts';
import type { Trust } from './trust.ts';

/** Bytes around what a gateway says of itself: topic, filters, lengths. */
const packetOverhead = 2048;
/** Milliseconds to show a certificate, and to say what one is there for. */
const handshake = 5000;
/** Of those who have shown no certificate yet; many gateways may come back together from behind one address. */
const handshaking = { connections: 4096, perClient: 512 };
/** One is needed; another may not have been noticed to be over. */
const members = { connections: Number.POSITIVE_INFINITY, perClient: 4 };
/** Filters that one may subscribe to: views have three. */
const filtersAtMost = 32;
/** Milliseconds that one may not read, and messages that may wait meanwhile without keeping those to others. */
const unread = 60_000;
const underWay = 2000;
/** RFC 5280, 4.2.1.12. */
const serverAuthentication = '1.3.6.1.5.5.7.3.1';

interface Peer {
  readonly subject: string;
  /** Nothing: the controller's own connection. */
  readonly certificate?: X509Certificate;
}

export interface BrokerOptions {
  readonly listen: Endpoint;
  readonly credentials: Credentials;
  /** Who is revoked. */
  readonly trust: Trust;
  readonly log: Log;
}

/**
 * The broker inside a controller, MQTT 3.1.1 over TLS. Only who has a certificate of the authority gets as far as to
 * speak, and then only about what is its own. Keeps what is retained in memory: the controller publishes it again.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #aedes: Aedes;
  readonly #peers = new WeakMap<object, Peer>();
  readonly #members = new FairConnections<TLSSocket>(members);
  readonly #filters = new WeakMap<Client, Set<string>>();
  #server: Server | undefined;
  #handshakes: Handshakes | undefined;
  #isClosing = false;

  private constructor(options: BrokerOptions, create: typeof Aedes, persistence: Persistence) {
    this.#options = options;
    this.#aedes = new create({
      persistence,
      connectTimeout: handshake,
      drainTimeout: unread,
      concurrency: underWay,
      // Nothing is kept for who is away: what is retained says all.
      preConnect: (_, { clean }, done) =>
        done(clean ? null : new Error('it wants a session kept'), clean === true),
      authenticate: (client, _name, _password, done) => done(null, this.#peer(client) !== undefined),
      authorizePublish: (client, { topic, payload }, done) => done(this.#whyNotWrite(client, topic, payload)),
      authorizeSubscribe: (client, subscription, done) =>
        done(null, this.#mayRead(client, subscription.topic) ? subscription : null),
    });
    // A client's misfortune is told to the client; here it is worth a line.
    for (const event of ['clientError', 'connectionError'] as const) {
      this.#aedes.on(event, (client, error) => {
        if (this.#isClosing) return;
        const who = this.#peer(client)?.subject;
        options.log.warn(
          { who, problem: error.message },
          'connection closed by the broker: protocol error of a client',
        );
      });
    }
  }

  /** @throws HeddleError ERR_EDGE_BROKER when it cannot listen, or has a certificate that clients would not take */
  static async open(options: BrokerOptions): Promise<Broker> {
    // One that does not say what it is for is for everything.
    const usages: readonly string[] | undefined = new X509Certificate(options.credentials.certificate)
      .keyUsage;
    if (usages?.includes(serverAuthentication) === false)
      throw new HeddleError(
        'ERR_EDGE_BROKER',
        'the certificate of the broker names no host that clients could know',
        {
          hint: '`heddle edge ca issue controller --host NAME --out FOLDER` makes one that does',
        },
      );
    const { Aedes: create } = await import('aedes');
    const broker = new Broker(options, create, await persistenceByLevel());
    await broker.#aedes.listen();
    try {
      await broker.#listen();
    } catch (cause) {
      await broker.close();
      const { address, port } = options.listen;
      const reason = (cause as Error).message;
      throw new HeddleError(
        'ERR_EDGE_BROKER',
        `the broker cannot listen on ${address} port ${port}: ${reason}`,
        {
          cause,
          ...((cause as NodeJS.ErrnoException).code === 'EADDRINUSE' && {
            hint: `ss -ltnp 'sport = :${port}' shows who does; --listen ADDRESS:PORT takes another`,
          }),
        },
      );
    }
    return broker;
  }

  /** The port that is listened on. */
  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** A connection from within: the controller's own. */
  connect(): Duplex {
    const [ours, theirs] = duplexPair();
    this.#peers.set(theirs, { subject: controllerSubject });
    this.#aedes.handle(theirs);
    return ours;
  }

  /** Takes other certificates and revocations from now on; whoever is not to be believed any more is sent away at once. */
  renew(credentials: Credentials): void {
    const { trust } = this.#options;
    this.#server?.setSecureContext(secureContext(credentials));
    for (const socket of this.#members.all()) {
      const { certificate } = this.#peers.get(socket) ?? {};
      if (certificate && (!trust.vouchesFor(certificate) || trust.isRevoked(certificate.serialNumber)))
        socket.destroy();
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const server = this.#server;
    const closed = server?.listening && new Promise((resolve) => server.close(resolve));
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    this.#handshakes?.end();
    for (const socket of this.#members.all()) socket.destroy();
    await closed;
  }

  async #listen(): Promise<void> {
    const { listen, credentials, log } = this.#options;
    const { address, port } = listen;
    const options = { requestCert: true, rejectUnauthorized: true, handshakeTimeout: handshake };
    const server = createServer({ ...secureContext(credentials), ...options }, (socket) =>
      this.#accept(socket),
    );
    this.#server = server;
    this.#handshakes = new Handshakes(server, handshaking);
    server.on('tlsClientError', (error: NodeJS.ErrnoException, { remoteAddress, authorizationError }) => {
      const problem = authorizationError ?? error.code ?? error.message;
      log.warn({ from: remoteAddress, problem }, `connection refused: TLS handshake failed: ${problem}`);
    });
    server.listen({ host: address, port, ipv6Only: isIPv6(address) });
    await once(server, 'listening');
    server.on('error', (error) =>
      log.warn({ problem: error.message }, 'broker failed to accept a connection'),
    );
  }

  #accept(socket: TLSSocket): void {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) {
      socket.destroy();
      return;
    }
    const subject = subjectOf(certificate);
    if (this.#options.trust.isRevoked(certificate.serialNumber)) {
      this.#options.log.warn({ who: subject }, `connection refused: certificate of ${subject} is revoked`);
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    this.#peers.set(socket, { subject, certificate });
    this.#members.add(socket, subject);
    limitPackets(socket, subject === controllerSubject ? longestView : longestTelemetry + packetOverhead);
    this.#aedes.handle(socket);
  }

  #peer(client: Client | null): Peer | undefined {
    return client ? this.#peers.get(client.conn) : undefined;
  }

  #mayRead(client: Client, filter: string): boolean {
    const subject = this.#peer(client)?.subject ?? '';
    if (!mayRead(subject, filter)) return false;
    const known = this.#filters.get(client) ?? new Set();
    if (known.size >= filtersAtMost && !known.has(filter)) return false;
    this.#filters.set(client, known.add(filter));
    return true;
  }

  #whyNotWrite(client: Client | null, topic: string, payload: string | Buffer): Error | null {
    // The broker's own, about itself.
    if (!client) return null;
    const subject = this.#peer(client)?.subject ?? '';
    if (!mayWrite(subject, topic)) return new Error(`${subject} may not publish under ${topic}`);
    if (subject !== controllerSubject && payload.length > longestTelemetry)
      return new Error(`${subject} says more of itself than ${longestTelemetry} bytes`);
    return null;
  }
}

/** The library reads what has come by this, and waits for the rest of a packet however long that is. */
function limitPackets(socket: TLSSocket, most: number): void {
  const limit = new PacketLimit(most);
  const read = socket.read.bind(socket);
  socket.read = (size) => {
    const bytes: Buffer | null = read(size);
    const problem = bytes ? limit.take(bytes) : undefined;
    if (!problem) return bytes;
    socket.destroy(problem);
    return null;
  };
}

function secureContext({ authorities, certificate, key, revocations }: Credentials) {
  return {
    ca: authorities,
    cert: certificate,
    key,
    crl: pemBlocks(revocations),
    minVersion: 'TLSv1.2' as const,
  };
}
