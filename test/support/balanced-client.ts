// Run in a network namespace: a client that does what each line of its input says, and answers each with a line.
//   { to, port, protocol, from: [PORT…] }   asks once from each of these ports: who answered, by port;
//                                           with `timeout` in it, for so many milliseconds
//   { to, port, keep: true }                opens a connection, and keeps it
//   { say: true }                           says something on it: who answered
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Order {
  readonly to?: string;
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp';
  readonly from?: readonly number[];
  readonly timeout?: number;
  readonly keep?: true;
  readonly say?: true;
}

/** Milliseconds that an answer may take; a packet that is lost in between is none. */
const usual = 3000;
let kept: Socket | undefined;

async function follow(order: Order): Promise<unknown> {
  const { to = '', port = 0, protocol = 'tcp', from = [], timeout = usual } = order;
  if (order.keep) kept = await opened(connect({ host: to, port }));
  if (order.keep || order.say) return heard(kept as Socket);
  const ask =
    protocol === 'tcp' ? askTcp : (to: string, port: number, own: number) => askUdp(to, port, own, timeout);
  return Object.fromEntries(await Promise.all(from.map(async (own) => [own, await ask(to, port, own)])));
}

async function askTcp(host: string, port: number, localPort: number): Promise<string> {
  try {
    const socket = await opened(connect({ host, port, localPort }));
    const answer = await heard(socket);
    // Without it the port could not be used again for a while.
    socket.resetAndDestroy();
    return answer;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

function opened(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once('connect', () => resolve(socket));
  });
}

function heard(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('silence')), usual);
    socket.once('error', reject).once('close', () => reject(new Error('closed')));
    socket.once('data', (bytes) => {
      clearTimeout(late);
      resolve(String(bytes));
    });
    socket.write('?');
  });
}

function askUdp(host: string, port: number, own: number, timeout: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const end = (answer: string) => {
      clearTimeout(late);
      socket.close();
      resolve(answer);
    };
    const late = setTimeout(() => end('silence'), timeout);
    socket.on('error', ({ message }) => end(message)).on('message', (bytes) => end(String(bytes)));
    socket.bind(own, () => socket.send('?', port, host));
  });
}

for await (const line of createInterface(process.stdin)) {
  const answer = await follow(JSON.parse(line) as Order).catch((error: Error) => error.message);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
