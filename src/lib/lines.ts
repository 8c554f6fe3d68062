import { HeddleError } from './errors.ts';

/** Characters of a line: specifications of a thousand services are under ten million. */
const longest = 64 * 1024 * 1024;

/**
 * The lines of a byte stream, without their ends; a last line that has none is given as well.
 * @throws HeddleError ERR_USAGE for a line without end
 */
export async function* lines(stream: AsyncIterable<unknown> | NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream as AsyncIterable<Uint8Array | string>) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > longest)
      throw new HeddleError('ERR_USAGE', `a line has more than ${longest / 2 ** 20} million characters`);
    yield* parts.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
  if (rest !== '') yield rest;
}
