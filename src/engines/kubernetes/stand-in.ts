// For tests: a stand-in for an API server, after kubernetes.io, "API Concepts". It has no objects but what a test gives it.
import { randomUUID } from 'node:crypto';
import type http from 'node:http';
import { createServer as createPlain } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { type StoredObject, status, tooOld, whyNotCreated, whyNotReplaced } from './stand-in-refusals.ts';

interface Happened {
  readonly revision: number;
  readonly path: string;
  readonly type: string;
  readonly object: StoredObject;
}

export interface TlsFiles {
  readonly key: string;
  readonly cert: string;
  /** Of the authority that clients' certificates have to be of. */
  readonly ca: string;
}

/**
 * Lists by pages with a resourceVersion, chunked watches with bookmarks, 410 Gone after a compaction, lost connections;
 * single objects are read, created and replaced, with 409 Conflict for who changes another state than that which is.
 */
export class ApiServerStandIn {
  /** Bytes of a chunk of a watch: where events are cut does not depend on where they end. */
  chunk = 1000;
  /** Answers everything with this status. */
  failing: number | undefined;
  /** Tokens of who is known; nothing: nobody is asked who he is. */
  tokens: Set<string> | undefined;
  /** Accepts what comes, and says nothing to it, nor to who watches. */
  isSilent = false;
  /** Methods and paths that are forbidden (403): `POST /apis/events.k8s.io/`. */
  readonly forbidden: string[] = [];
  /** Objects in a page, whatever is asked for. */
  page = 500;
  /** What was asked for, in order. */
  readonly requests: string[] = [];
  readonly #server: http.Server;
  readonly #tls: TlsFiles | undefined;
  readonly #objects = new Map<string, Map<string, StoredObject>>();
  readonly #history: Happened[] = [];
  readonly #watches = new Set<Watch>();
  readonly #pages = new Map<string, { items: StoredObject[]; revision: number }>();
  #port = 0;
  #revision = 100;
  #compacted = 0;

  private constructor(tls: TlsFiles | undefined) {
    this.#tls = tls;
    const handle = (request: http.IncomingMessage, response: http.ServerResponse) =>
      this.#handle(request, response);
    this.#server = tls
      ? createTls({ ...tls, requestCert: true, rejectUnauthorized: true }, handle)
      : createPlain(handle);
  }

  static async start(tls?: TlsFiles): Promise<ApiServerStandIn> {
    const server = new ApiServerStandIn(tls);
    await server.reopen();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, where it did before, with all that it has. */
  async reopen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** What kubectl's file for it says. */
  kubeconfig(context: string, user: object = {}): string {
    const server = `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
    const trust = this.#tls
      ? { 'certificate-authority-data': Buffer.from(this.#tls.ca).toString('base64') }
      : { 'insecure-skip-tls-verify': true };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: context, cluster: { server, ...trust } }],
      users: [{ name: context, user }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
      'current-context': context,
    });
  }

  /** All objects at a path, as a list would have them. */
  objects(path: string): StoredObject[] {
    return [...this.#of(path).values()];
  }

  put(path: string, object: StoredObject): void {
    const key = keyOf(object);
    this.#happen(path, this.#of(path).has(key) ? 'MODIFIED' : 'ADDED', object);
  }

  delete(path: string, key: string): void {
    const object = this.#of(path).get(key);
    if (object) this.#happen(path, 'DELETED', object);
  }

  /** Forgets what happened until now, and pages of lists. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#history.length = 0;
    this.#pages.clear();
  }

  bookmark(): void {
    for (const watch of this.#watches)
      watch.send(
        { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#revision) } } },
        this.chunk,
      );
  }

  /** Ends all watches: as the server does when their time is over, by closing connections, or in the middle of an event. */
  disconnect(how: 'end' | 'close' | 'half'): void {
    for (const watch of this.#watches) watch.end(how);
    this.#watches.clear();
  }

  /** Tells all watches that they are too old, as it does when it lost what happened since. */
  expire(): void {
    for (const watch of this.#watches) watch.send({ type: 'ERROR', object: tooOld }, this.chunk);
    this.disconnect('end');
  }

  /** Sends all watches something that is no event. */
  babble(): void {
    for (const watch of this.#watches) watch.write('{"type":"ADDED","object":{}}\n');
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #of(path: string): Map<string, StoredObject> {
    const objects = this.#objects.get(path) ?? new Map();
    this.#objects.set(path, objects);
    return objects;
  }

  #happen(path: string, type: string, given: StoredObject): void {
    this.#revision++;
    const uid = given.metadata.uid ?? this.#of(path).get(keyOf(given))?.metadata.uid ?? randomUUID();
    const metadata = { ...given.metadata, uid, resourceVersion: String(this.#revision) };
    const object = { ...given, metadata };
    const key = keyOf(object);
    if (type === 'DELETED') this.#of(path).delete(key);
    else this.#of(path).set(key, object);
    const happened = { revision: this.#revision, path, type, object };
    this.#history.push(happened);
    for (const watch of this.#watches) if (watch.path === path) watch.send(happened, this.chunk);
  }

  #handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://stand-in');
    if (this.isSilent) return;
    this.requests.push(`${pathname}?${searchParams}`);
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (this.tokens && !this.tokens.has(token)) {
      answer(response, 401, status(401, 'Unauthorized'));
      return;
    }
    if (this.forbidden.some((one) => `${request.method} ${pathname}`.startsWith(one))) {
      answer(response, 403, status(403, `this is forbidden: User "heddle" cannot ${request.method} it`));
      return;
    }
    const { collection = '', name } = objectPath.exec(pathname)?.groups ?? {};
    if (this.failing !== undefined)
      answer(response, this.failing, status(this.failing, 'as the test wants it'));
    else if (request.method !== 'GET')
      json(request).then((object) =>
        this.#write(request, collection, name, object as StoredObject, response),
      );
    else if (name !== undefined) this.#read(collection, name, response);
    else if (searchParams.get('watch') === 'true') this.#watch(pathname, searchParams, response);
    else this.#list(pathname, searchParams, response);
  }

  #read(path: string, name: string, response: http.ServerResponse, code = 200): void {
    const found = this.objects(path).find(({ metadata }) => metadata.name === name);
    if (found) answer(response, code, found);
    else answer(response, 404, { ...status(404, `"${name}" not found`), reason: 'NotFound' });
  }

  #write(
    { method }: http.IncomingMessage,
    path: string,
    wanted: string | undefined,
    object: StoredObject,
    response: http.ServerResponse,
  ): void {
    const { name } = object.metadata;
    const found = this.objects(path).find(({ metadata }) => metadata.name === name);
    const refused = method === 'POST' ? whyNotCreated(object, found) : whyNotReplaced(object, found, wanted);
    if (refused) {
      answer(response, refused.code, refused);
      return;
    }
    // Who writes what is there already changes nothing, and its version stays.
    if (!isDeepStrictEqual(object, found)) this.put(path, object);
    this.#read(path, name, response, found ? 200 : 201);
  }

  #list(path: string, query: URLSearchParams, response: http.ServerResponse): void {
    const token = query.get('continue');
    const rest =
      token === null ? { items: this.objects(path), revision: this.#revision } : this.#pages.get(token);
    if (!rest) {
      answer(response, 410, { ...tooOld, reason: 'Expired' });
      return;
    }
    const limit = Math.min(this.page, Number(query.get('limit') ?? Number.POSITIVE_INFINITY));
    const left = rest.items.slice(limit);
    const next = left.length > 0 ? `page-${path}-${rest.revision}-${left.length}` : '';
    if (next) this.#pages.set(next, { items: left, revision: rest.revision });
    const metadata = { resourceVersion: String(rest.revision), ...(next && { continue: next }) };
    answer(response, 200, { kind: 'List', metadata, items: rest.items.slice(0, limit) });
  }

  #watch(path: string, query: URLSearchParams, response: http.ServerResponse): void {
    const since = Number(query.get('resourceVersion'));
    if (since < this.#compacted) {
      answer(response, 410, tooOld);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    response.flushHeaders();
    const watch = new Watch(path, response);
    for (const happened of this.#history)
      if (happened.path === path && happened.revision > since) watch.send(happened, this.chunk);
    this.#watches.add(watch);
    const timer = setTimeout(
      () => this.isSilent || response.end(),
      Number(query.get('timeoutSeconds')) * 1000,
    );
    response.on('close', () => {
      clearTimeout(timer);
      this.#watches.delete(watch);
    });
  }
}

/** Of all objects of a kind, in one namespace or in all, and of one of them. */
const objectPath =
  /^(?<collection>\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?[^/]+)(?:\/(?<name>[^/]+))?$/;

/** One client's watch. */
class Watch {
  readonly path: string;
  readonly #response: http.ServerResponse;

  constructor(path: string, response: http.ServerResponse) {
    this.path = path;
    this.#response = response;
  }

  send({ type, object }: { readonly type: string; readonly object: object }, chunk: number): void {
    const bytes = Buffer.from(`${JSON.stringify({ type, object })}\n`);
    for (let at = 0; at < bytes.length; at += chunk) this.write(bytes.subarray(at, at + chunk));
  }

  write(bytes: Buffer | string): void {
    this.#response.write(bytes);
  }

  end(how: 'end' | 'close' | 'half'): void {
    if (how === 'end') this.#response.end();
    else if (how === 'close') this.#response.destroy();
    else this.#response.write('{"type":"DELETED","object":{"metadata":{"na', () => this.#response.destroy());
  }
}

function answer(response: http.ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function keyOf({ metadata: { namespace, name } }: StoredObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
