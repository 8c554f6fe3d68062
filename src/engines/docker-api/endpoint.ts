import { connect } from 'node:net';

/** Where an engine is: the socket or the host and port of an address such as `unix:///run/docker.sock`, `tcp://host:2375`. */
export type Target =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: string; readonly protocol: 'http' | 'https' };

/** Where the engines' own services listen. */
export const usualSockets = { podman: '/run/podman/podman.sock', docker: '/var/run/docker.sock' } as const;

export function targetOf(endpoint: string): Target {
  const url = new URL(endpoint);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  return {
    host: url.hostname,
    port: url.port || '2375',
    protocol: url.protocol === 'https:' ? 'https' : 'http',
  };
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
