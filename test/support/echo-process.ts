// Run in a pod's network namespace: says back whatever it is told over TCP, until its input ends.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const port = Number(process.argv[2]);
const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ port, host: '0.0.0.0', backlog: 4096 }, () => process.stdout.write('listening\n'));
for await (const _ of createInterface({ input: process.stdin }));
process.exit();
