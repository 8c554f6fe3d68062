import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';

/** Where an engine is: a socket, or a host and port, with the certificates that TLS needs there. */
export type Target =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: string; readonly protocol: 'http' }
  | ({ readonly host: string; readonly port: string; readonly protocol: 'https' } & Certificates);

/** The authority, and this client's certificate and key; PEM. */
interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Where the engines' own services listen. */
export const usualSockets = { podman: '/run/podman/podman.sock', docker: '/var/run/docker.sock' } as const;

/**
 * Reads an address: `unix:///run/docker.sock`, `tcp://localhost:2375`. TLS where DOCKER_TLS_VERIFY says so or the address
 * is https, with ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or ~/.docker, as Docker's own client does.
 * @throws HeddleError ERR_USAGE for other addresses, ERR_FILE_NOT_FOUND for a certificate that is not there
 */
export function targetOf(endpoint: string, env: NodeJS.ProcessEnv = process.env): Target {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  switch (url?.protocol) {
    case 'unix:':
      return { socketPath: url.pathname };
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const host = url.hostname.replace(/^\[(.+)\]$/, '$1');
      if (url.protocol !== 'https:' && !env['DOCKER_TLS_VERIFY'])
        return { host, port: url.port || '2375', protocol: 'http' };
      return { host, port: url.port || '2376', protocol: 'https', ...certificates(env) };
    }
    default:
      throw new HeddleError(
        'ERR_USAGE',
        `${endpoint}: an engine's address is unix://PATH or tcp://HOST:PORT`,
        { hint: 'The node has to run on the host of its engine: log in there, and run it there.' },
      );
  }
}

function certificates(env: NodeJS.ProcessEnv): Certificates {
  const folder = env['DOCKER_CERT_PATH'] || path.join(homedir(), '.docker');
  const read = (name: string) => {
    const file = path.join(folder, name);
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new HeddleError('ERR_FILE_NOT_FOUND', `${file}: ${(cause as Error).message}`, {
        cause,
        hint: 'Put ca.pem, cert.pem and key.pem there, or name their folder in DOCKER_CERT_PATH.',
      });
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/**
 * Whether an engine takes new connections. Requests do not tell: one that is about to end goes on answering those that
 * come over an old connection.
 */
export function isListening(endpoint: string): Promise<boolean> {
  const target = targetOf(endpoint);
  const socket =
    'socketPath' in target ? connect(target.socketPath) : connect(Number(target.port), target.host);
  return new Promise((resolve) => {
    const end = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}
