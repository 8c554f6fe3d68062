import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';

/** Where an engine is: a socket, or a host and port; https with TLS. */
export type Address =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: string; readonly protocol: 'http' | 'https' };

/** The authority, and this client's certificate and key; PEM. */
interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Where the engines' own services listen. */
export const usualSockets = { podman: '/run/podman/podman.sock', docker: '/var/run/docker.sock' } as const;

/** The variables of Docker's own client. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads an address: `unix:///run/docker.sock`, `tcp://localhost:2375`. TLS where DOCKER_TLS_VERIFY says so or the address
 * is https.
 * @throws HeddleError ERR_USAGE for other addresses
 */
export function addressOf(endpoint: string, env: Variables): Address {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  switch (url?.protocol) {
    case 'unix:':
      return { socketPath: url.pathname };
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const host = url.hostname.replace(/^\[(.+)\]$/, '$1');
      return url.protocol === 'https:' || env['DOCKER_TLS_VERIFY']
        ? { host, port: url.port || '2376', protocol: 'https' }
        : { host, port: url.port || '2375', protocol: 'http' };
    }
    default:
      throw new HeddleError(
        'ERR_USAGE',
        `${endpoint}: an engine's address is unix://PATH or tcp://HOST:PORT`,
        { hint: 'The node has to run on the host of its engine: log in there, and run it there.' },
      );
  }
}

/**
 * Reads ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or ~/.docker.
 * @throws HeddleError ERR_FILE_NOT_FOUND for one that is not there
 */
export function certificates(env: Variables): Certificates {
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
export function isListening(address: Address): Promise<boolean> {
  const socket =
    'socketPath' in address ? connect(address.socketPath) : connect(Number(address.port), address.host);
  return new Promise((resolve) => {
    const end = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}
