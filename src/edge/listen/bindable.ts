import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Endpoint } from './endpoint.ts';

/** What the system says of listening there; nothing when that is possible. */
export function bindError(
  transport: 'tcp' | 'udp',
  endpoint: Endpoint,
): Promise<NodeJS.ErrnoException | undefined> {
  return transport === 'tcp' ? bindTcp(endpoint) : bindUdp(endpoint);
}

function bindTcp({ address: host, port }: Endpoint): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer().once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function bindUdp({ address, port }: Endpoint): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}
