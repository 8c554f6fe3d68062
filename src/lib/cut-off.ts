import type { Readable } from 'node:stream';

/** Aborts when what is read ends before its end: who is sent it is to hear of that. */
export function cutOff(read: Readable): AbortSignal {
  const cut = new AbortController();
  read.once('error', () => cut.abort());
  read.once('close', () => {
    if (!read.readableEnded) cut.abort();
  });
  return cut.signal;
}
