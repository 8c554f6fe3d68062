import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Endpoint, listenError } from './endpoint.ts';

/**
 * A socket on one address, of its family only.
 * @param what is to listen there, for the message
 * @throws HeddleError ERR_EDGE_LISTEN
 */
export async function openUdpSocket(endpoint: Endpoint, what: string): Promise<Socket> {
  const { address, port } = endpoint;
  const socket = createSocket({
    ...(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' }),
    // What is sent goes to addresses, never to names: without this all of it would wait for a turn of the event loop.
    lookup: (host, _options, found) => found(null, host, isIPv6(host) ? 6 : 4),
  });
  try {
    const listening = once(socket, 'listening');
    socket.bind({ address, port });
    await listening;
    return socket;
  } catch (error) {
    socket.close();
    throw listenError(error as NodeJS.ErrnoException, endpoint, 'UDP', what);
  }
}
