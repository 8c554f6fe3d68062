import { once } from 'node:events';
import { createServer } from 'node:net';

/** Something at every copy that takes a connection and ends it: gateways check whether there is. */
export async function listenAt(addresses: readonly string[], port: number): Promise<Disposable> {
  const servers = addresses.map((host) =>
    createServer((socket) => socket.on('error', () => {}).end()).listen(port, host),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  return {
    [Symbol.dispose]() {
      for (const server of servers) server.close();
    },
  };
}
