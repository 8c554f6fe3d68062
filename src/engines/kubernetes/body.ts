import type { Readable } from 'node:stream';
import { Unreachable } from './unreachable.ts';

/** Bytes of one answer: a page of a list holds five hundred objects. */
const most = 256 << 20;
/** Of what is said with a refusal. */
const mostOfRefusal = 64 << 10;

/**
 * The text of an answer.
 * @throws Unreachable when it does not end
 */
export async function readBody(body: Readable): Promise<string> {
  const { text, isWhole } = await read(body, most);
  if (!isWhole) throw new Unreachable(`an answer is larger than ${most >> 20} MiB`);
  return text;
}

/** The text of a refusal, as far as anybody reads it. */
export async function readRefusal(body: Readable): Promise<string> {
  return (await read(body, mostOfRefusal)).text;
}

async function read(
  body: Readable,
  limit: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    chunks.push(chunk);
    // Whoever leaves the loop ends the connection.
    if (size > limit) break;
  }
  return { text: Buffer.concat(chunks).subarray(0, limit).toString('utf8'), isWhole: size <= limit };
}
