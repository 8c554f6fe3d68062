// Run in a network namespace: copies of a service, each on an address of its own. `balanced-copies.ts PORT ADDRESS…`. To
// each text, over TCP or UDP, they answer with their address and with whom they were asked by.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const [port, ...addresses] = process.argv.slice(2);
const listening = addresses.flatMap((address) => [
  new Promise<void>((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(`${address} ${socket.remoteAddress}`));
    });
    server.listen(Number(port), address, resolve);
  }),
  new Promise<void>((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.on('message', (_, from) => socket.send(`${address} ${from.address}`, from.port, from.address));
    socket.bind(Number(port), address, resolve);
  }),
]);
await Promise.all(listening);
process.stdout.write('ready\n');
