import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';

/** Asks for a path that dockerode has no method for, such as those of Podman's own API. */
export function get<T>(api: Docker, path: string): Promise<T> {
  const statusCodes = { 200: true, 404: 'not found', 409: 'not running', 500: 'failed' };
  return new Promise<T>((resolve, reject) => {
    api.modem.dial({ path, method: 'GET', statusCodes }, (error: Error | null, answer: unknown) =>
      error ? reject(error) : resolve(answer as T),
    );
  });
}

/**
 * What is created, in the request's body alone: dockerode repeats it in the address, which engines log, environment and
 * all. `query` is what belongs into the address.
 */
export function inBody<Options extends object>(
  options: Options,
  query: Readonly<Record<string, string>>,
): Options {
  return { _query: query, _body: options } as unknown as Options;
}

/**
 * A connection that is a container's from the answer on. The request has no body: dockerode's own would be the first that
 * the container reads.
 */
export function taken(api: Docker, path: string, query: Readonly<Record<string, string>>): Promise<Duplex> {
  const request = {
    path,
    method: 'POST',
    options: query,
    file: Buffer.alloc(0),
    hijack: true,
    isStream: true,
    statusCodes: {
      101: true,
      200: true,
      400: 'refused',
      404: 'not found',
      409: 'not running',
      500: 'failed',
    },
  };
  return new Promise((resolve, reject) => {
    api.modem.dial(request, (error: Error | null, stream: unknown) =>
      error ? reject(error) : resolve(stream as Duplex),
    );
  });
}
