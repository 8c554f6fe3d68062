import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { HeddleError } from '../../lib/errors.ts';
import { type Endpoint, listenError } from '../dns/endpoint.ts';

/**
 * Why a port is not to be had: a program of this host listens there, and would hear nothing any more. An address that the
 * host does not have now, it may have later.
 */
export async function whyTaken(
  protocol: string,
  { address, port }: Endpoint,
): Promise<HeddleError | undefined> {
  const error = await (protocol === 'udp' ? bindUdp : bindTcp)(address, port);
  if (error?.code !== 'EADDRINUSE') return undefined;
  return listenError(error, { address, port }, protocol.toUpperCase(), 'layer 4');
}

type Bind = (address: string, port: number) => Promise<NodeJS.ErrnoException | undefined>;

const bindTcp: Bind = (host, port) =>
  new Promise((resolve) => {
    const server = createServer().once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });

const bindUdp: Bind = (address, port) =>
  new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').once('error', (error) => {
      socket.close();
      resolve(error);
    });
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
