import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { sendLines } from './stream.ts';

test('what a client was told ends when it has gone, also between two lines', async () => {
  const gone = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  async function* lines() {
    try {
      yield { number: 1 };
      await gone.promise;
      yield { number: 2 };
      yield { number: 3 };
    } finally {
      ended.resolve();
    }
  }
  const server = fastify({ forceCloseConnections: true });
  onTestFinished(() => server.close());
  server.get('/', (_request, reply) => {
    reply.raw.once('close', () => setImmediate(gone.resolve));
    return sendLines(reply, lines());
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const asking = get({ host: '127.0.0.1', port }, (answer) => answer.once('data', () => asking.destroy()));
  asking.on('error', () => {});
  await ended.promise;
  expect(asking.destroyed).toBe(true);
});
