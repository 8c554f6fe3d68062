import { constants, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttps, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { subjectOf } from '../edge/ca/credentials.ts';
import { apiOf, operatorOf } from '../edge/ca/subjects.ts';
import { type Endpoint, listenError } from '../edge/listen/endpoint.ts';
import { FairConnections } from '../edge/listen/fair-connections.ts';
import { Handshakes } from '../edge/listen/handshakes.ts';
import { hostPort } from '../edge/proxy/address.ts';
import { watchText } from '../edge/sources/watch.ts';
import type { Log } from '../lib/log.ts';
import { type RemoteStatus, toMessage, unknownRoute } from './messages.ts';
import { createServerOver, type Group } from './server.ts';
import {
  type CredentialFiles,
  readServerCredentials,
  type ServerCredentials,
  secureContext,
} from './server-credentials.ts';

/** Bytes of a request: a little less is what the state takes of one. */
const bodyLimit = 1 << 20;
/** Milliseconds to show a certificate; for the head of a request, and between two. */
const times = {
  handshakeTimeout: 5000,
  headersTimeout: 10_000,
  // As long as what is sent by and by is sent; the others have their own.
  requestTimeout: 0,
  keepAliveTimeout: 15_000,
  connectionsCheckingInterval: 1000,
};
/** Milliseconds for a request whose body is one value. */
const bodyTime = 30_000;
/** Of those who have shown no certificate yet, from wherever they come. */
const handshaking = { connections: 1024, perClient: 64 };
/** Of operators, by name. Each watch is one. */
const members = { connections: 1024, perClient: 128 };
/** Milliseconds until it is tried again to listen: the address may be of an interface that comes later. */
const pause = 5000;
/** Milliseconds that a timer takes at most. */
const longestTimer = 2 ** 31 - 1;

export interface SecureServerOptions {
  readonly listen: Endpoint;
  readonly files: CredentialFiles;
  readonly groups: readonly Group[];
  /** What other nodes may ask besides. */
  readonly ofNodes: readonly Group[];
  /** Milliseconds for a request whose body is one value. */
  readonly bodyTime?: number;
  readonly log: Log;
}

/**
 * What a node answers at an address: only over TLS, and only to who has a certificate of the authority, as an operator or as another
 * node, which may ask more: for an operator those routes are not there. Whoever has none, or one that ran out or was revoked, is
 * refused in the handshake; other roles right after it, before they are read.
 */
export class SecureServer {
  readonly #options: SecureServerOptions;
  readonly #members = new FairConnections<TLSSocket>(members);
  #credentials: ServerCredentials | undefined;
  #server: FastifyInstance | undefined;
  #https: Server | undefined;
  #handshakes: Handshakes | undefined;
  #watches: readonly (() => void)[] = [];
  #again: NodeJS.Timeout | undefined;
  #problem: string | undefined;
  #isStopped = false;

  constructor(options: SecureServerOptions) {
    this.#options = options;
  }

  /** Listens; where that is not possible, now and then again, and the log says why. */
  async start(): Promise<void> {
    const { listen, log } = this.#options;
    try {
      await this.#listen();
      if (this.#isStopped) return await this.#server?.close();
      log.info({ ...this.endpoint }, 'the API of networks is served over TLS');
    } catch (cause) {
      if (this.#isStopped) return;
      const isSystems = (cause as NodeJS.ErrnoException).syscall !== undefined;
      const error = isSystems ? listenError(cause as Error, listen, 'TCP', 'the API') : (cause as Error);
      if (error.message !== this.#problem) log.error({ ...listen }, error.message);
      this.#problem = error.message;
      this.#again = setTimeout(() => void this.start(), pause).unref();
    }
  }

  /** Where it listens; nothing while it does not. */
  get endpoint(): Endpoint | undefined {
    const address = this.#server?.server.address();
    return address && typeof address === 'object'
      ? { address: address.address, port: address.port }
      : undefined;
  }

  /** How it is, for who looks after the node. */
  get status(): RemoteStatus {
    const used = this.#credentials && new X509Certificate(this.#credentials.cert);
    return {
      listen: hostPort(this.endpoint ?? this.#options.listen),
      listening: this.endpoint !== undefined,
      expires: used?.validToDate.toISOString() ?? null,
      reason: this.#problem ?? null,
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#again);
    for (const end of this.#watches) end();
    this.#handshakes?.end();
    await this.#server?.close();
  }

  async #listen(): Promise<void> {
    const { listen, files, groups, ofNodes, log } = this.#options;
    this.#credentials = readServerCredentials(files);
    const options = {
      ...secureContext(this.#credentials),
      ...times,
      requestCert: true,
      rejectUnauthorized: true,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      // A session that is resumed shows no certificate again, which may have run out or been revoked meanwhile.
      secureOptions: constants.SSL_OP_NO_TICKET,
    };
    const reserved = new Set(ofNodes.flatMap(({ contracts }) => contracts.map(({ route }) => `${route}`)));
    const streamed = new Set(
      ofNodes.flatMap(({ contracts }) => contracts.flatMap((one) => (one.takes ? `${one.route}` : []))),
    );
    const server = createServerOver(bodyLimit, [...groups, ...ofNodes], (handler) =>
      this.#guarded(createHttps(options, handler)),
    );
    server.addHook('onRequest', async ({ raw, method, url, routeOptions }, reply) => {
      const socket = raw.socket as TLSSocket;
      this.#members.used(socket);
      const asked = `${method === 'HEAD' ? 'GET' : method} ${routeOptions.url}`;
      if (reserved.has(asked) && apiOf(whoIs(socket)) === undefined)
        return reply.code(404).send(toMessage(unknownRoute(`${method} ${url}`)));
      if (!streamed.has(asked)) endAfter(raw, this.#options.bodyTime ?? bodyTime);
      if (method !== 'GET') log.info({ who: whoIs(socket), method, url }, 'asked from another host');
    });
    try {
      await server.listen({ host: listen.address, port: listen.port });
    } catch (error) {
      await server.close();
      throw error;
    }
    this.#server = server;
    this.#problem = undefined;
    const problem = (error: Error) => {
      this.#problem = error.message;
      log.error(
        { problem: error.message },
        'certificates of the API are not what is needed; the last stay in use',
      );
    };
    this.#watches = Object.values(files)
      .filter((file) => file !== undefined)
      .map((file) => watchText(file, () => this.#renew(), problem));
  }

  #guarded(server: Server): Server {
    const { log } = this.#options;
    this.#https = server;
    this.#handshakes = new Handshakes(server, handshaking);
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      const problem = socket.authorizationError ?? error.code ?? error.message;
      log.warn(
        { from: socket.remoteAddress, problem: String(problem) },
        'the API refused a connection: TLS handshake failed',
      );
    });
    // Before HTTP hears of it.
    return server.prependListener('secureConnection', (socket) => this.#accept(socket));
  }

  #accept(socket: TLSSocket): void {
    const certificate = socket.getPeerX509Certificate();
    const subject = certificate ? subjectOf(certificate) : '';
    if (!certificate || (operatorOf(subject) ?? apiOf(subject)) === undefined) {
      this.#options.log.warn(
        { who: subject, from: socket.remoteAddress },
        'the API refused who is neither operator nor node',
      );
      socket.destroy();
      return;
    }
    this.#members.add(socket, subject);
    const left = Date.parse(certificate.validTo) - Date.now();
    const over = setTimeout(() => socket.destroy(), Math.min(left, longestTimer)).unref();
    socket.once('close', () => clearTimeout(over));
  }

  /** Uses what the files hold now; whoever may not be believed any more has to come anew. */
  #renew(): void {
    const before = this.#credentials;
    const now = readServerCredentials(this.#options.files);
    this.#https?.setSecureContext(secureContext(now));
    this.#credentials = now;
    this.#problem = undefined;
    if (now.ca !== before?.ca || now.crl !== before?.crl) {
      this.#handshakes?.end();
      for (const socket of this.#members.all()) socket.destroy();
    }
    this.#options.log.info({}, 'certificates of the API reloaded');
  }
}

/** Whoever has not sent all of a request by then sends nothing more. */
function endAfter(request: IncomingMessage, milliseconds: number): void {
  const over = setTimeout(() => request.socket.destroy(), milliseconds).unref();
  for (const event of ['end', 'close']) request.once(event, () => clearTimeout(over));
}

function whoIs(socket: TLSSocket): string {
  const certificate = socket.getPeerX509Certificate();
  return certificate ? subjectOf(certificate) : '';
}
