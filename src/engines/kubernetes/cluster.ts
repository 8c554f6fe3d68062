import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import type { KubeConfig } from '@kubernetes/client-node';
import { HeddleError } from '../../lib/errors.ts';
import { ApiError } from './api-error.ts';
import { eventsOf, type WatchEvent } from './events.ts';

/** Objects of a kind in one answer: a page of them (kubernetes.io, "API Concepts", "Retrieving large results sets in chunks"). */
const pageSize = 500;
/** Milliseconds that an answer may take. */
const patience = 30_000;
/** Seconds after which the server ends a watch. It would find a connection that leads nowhere by this, and no sooner. */
const watchSeconds = 30;

/** What is listed, and the state of the cluster that this is. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** One cluster, by a context of the user's kubeconfig: lists objects and watches them, reads and writes single ones. */
export class Cluster {
  readonly name: string;
  /** Where objects are that have no other namespace. */
  readonly namespace: string;
  readonly #config: KubeConfig;
  readonly #server: string;

  constructor(name: string, config: KubeConfig, server: string, namespace = 'default') {
    this.name = name;
    this.namespace = namespace;
    this.#config = config;
    this.#server = server.replace(/\/+$/, '');
  }

  /**
   * All objects at a path, `/api/v1/services`, as they are at one moment.
   * @throws ApiError, or what the connection fails with
   */
  async list<T>(path: string, signal: AbortSignal): Promise<Listed<T>> {
    const items: T[] = [];
    let next = '';
    for (;;) {
      const query = { limit: String(pageSize), ...(next && { continue: next }) };
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const page = JSON.parse(
        await text(await this.#request('GET', path, { query, signal: deadline })),
      ) as Page<T>;
      items.push(...(page.items ?? []));
      next = page.metadata.continue ?? '';
      if (!next) return { items, resourceVersion: page.metadata.resourceVersion };
    }
  }

  /**
   * What happens to objects at a path after a state of the cluster, until the server has nothing more to say for now.
   * @throws ApiError, or what the connection fails with
   */
  async watch<T>(
    path: string,
    resourceVersion: string,
    signal: AbortSignal,
  ): Promise<AsyncIterable<WatchEvent<T>>> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(watchSeconds),
    };
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(watchSeconds * 1000 + patience / 3)]);
    return eventsOf(await this.#request('GET', path, { query, signal: deadline }));
  }

  /**
   * Reads (GET) or writes (POST to a collection, PUT to an object) one object.
   * @returns it, as it is then
   * @throws ApiError, or what the connection fails with
   */
  async ask(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<unknown> {
    return JSON.parse(await text(await this.#request(method, path, { body, signal })));
  }

  async #request(
    method: string,
    path: string,
    { query = {}, body, signal }: RequestParts,
  ): Promise<http.IncomingMessage> {
    const options: https.RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const url = new URL(`${this.#server}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const headers = {
      ...options.headers,
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
    };
    (url.protocol === 'http:' ? http : https)
      .request(url, { ...options, method, headers, signal }, resolve)
      .on('error', reject)
      .end(body && JSON.stringify(body));
    const response = await promise;
    const { statusCode = 0 } = response;
    if (statusCode === 200 || statusCode === 201) return response;
    throw new ApiError(statusCode, await text(response));
  }
}

interface RequestParts {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly signal: AbortSignal;
}

interface Page<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly T[];
}

/**
 * A cluster by a context of the kubeconfig that KUBECONFIG names, `~/.kube/config` if none; in a pod, of its service account.
 * @throws HeddleError ERR_KUBERNETES
 */
export async function connectCluster(context: string): Promise<Cluster> {
  // Eight hundred classes, which only who has a cluster needs.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const fail = (reason: string, cause?: unknown) => new HeddleError('ERR_KUBERNETES', reason, { cause });
  try {
    config.loadFromDefault();
  } catch (error) {
    throw fail(`the kubeconfig cannot be read: ${(error as Error).message}`, error);
  }
  const contexts = config.getContexts().map(({ name }) => name);
  if (!contexts.includes(context))
    throw fail(`the kubeconfig has no context "${context}"; it has: ${contexts.join(', ')}`);
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw fail(`the context "${context}" names a cluster that the kubeconfig does not have`);
  return new Cluster(
    context,
    config,
    cluster.server,
    config.getContextObject(context)?.namespace || undefined,
  );
}
