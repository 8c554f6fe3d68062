import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { encode } from 'dns-packet';

/** Milliseconds that an answer may take. */
const patience = 500;
/** Without a dot: it is asked of nobody else (`domain-needed`). */
const question = encode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'heddle' }] });

/** Asks a name server of this host something, and waits until it has answered whatever it may be; for a while only. */
export async function answerOf(server: string): Promise<void> {
  const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.connect(53, server);
    await once(socket, 'connect');
    socket.send(question);
    await once(socket, 'message', { signal: AbortSignal.timeout(patience) });
  } catch {
    // It is not there, or has too much to do: nobody else gets an answer either.
  } finally {
    socket.close();
  }
}
