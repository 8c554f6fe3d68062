// Run in a network namespace with a port: answers each HTTP request with the address that it came from.
import { createServer } from 'node:http';

const server = createServer(({ socket }, response) =>
  response.end((socket.remoteAddress ?? '').replace('::ffff:', '')),
);
server.listen(Number(process.argv[2]), '::', () => process.stdout.write('ready\n'));
