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
