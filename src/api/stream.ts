import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { ContainerArchive } from '../engines/console.ts';
import { toHeddleError } from '../lib/errors.ts';
import { toMessage } from './messages.ts';

/** Sends a JSON line an item, no faster than the client reads; an error is the last line: `{"error": …}`. */
export function sendLines(reply: FastifyReply, items: AsyncIterable<unknown>): Promise<void> {
  return send(reply, 'application/x-ndjson', items, (item) => `${JSON.stringify(item)}\n`);
}

/** What is sent as an event. */
export interface Revised {
  readonly revision: number;
}

/**
 * Sends server-sent events (WHATWG HTML, 9.2), no faster than the client reads: the id of each is its revision, with which a
 * client that was cut off goes on. An error is the last.
 */
export function sendEvents(reply: FastifyReply, events: AsyncIterable<Revised>): Promise<void> {
  return send(reply, 'text/event-stream', events, (event) => {
    const id = 'revision' in event ? `id: ${event.revision}\n` : '';
    return `${id}data: ${JSON.stringify(event)}\n\n`;
  });
}

async function send<Item>(
  reply: FastifyReply,
  type: string,
  items: AsyncIterable<Item>,
  written: (item: Item | { readonly error: object }) => string,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
  raw.flushHeaders();
  raw.on('error', () => {});
  try {
    for await (const item of items) {
      // Of one that is closed `writable` stays true, and nothing is told any more.
      if (raw.destroyed || !raw.writable) break;
      if (!raw.write(written(item))) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
    }
  } catch (cause) {
    if (raw.writable) raw.write(written({ error: toMessage(toHeddleError(cause)) }));
  }
  raw.end();
}

/** Answers with a line an event; the last is `finished` or `error`. `gone` aborts when the client does not listen any more. */
export async function sendOperation(
  reply: FastifyReply,
  work: (report: (event: object) => void, gone: AbortSignal) => Promise<void>,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const gone = new AbortController();
  raw.on('close', () => gone.abort());
  const report = (event: object) => void (raw.writable && raw.write(`${JSON.stringify(event)}\n`));
  raw.on('error', () => {});
  try {
    await work(report, gone.signal);
    report({ type: 'finished' });
  } catch (cause) {
    report({ type: 'error', error: toMessage(toHeddleError(cause)) });
  }
  raw.end();
}

/** What stands at the path, as JSON in base64, beside its archive: as the engines' own API tells it. */
const statHeader = 'heddle-path-stat';

/** Sends an archive as it comes: neither side keeps it in memory. */
export async function sendArchive(
  reply: FastifyReply,
  reading: Promise<ContainerArchive>,
): Promise<FastifyReply> {
  const { stat, archive } = await reading;
  const told = Buffer.from(JSON.stringify(stat)).toString('base64');
  return reply.header(statHeader, told).type('application/x-tar').send(archive);
}
