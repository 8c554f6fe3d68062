import { sizeText } from './read-bounded.ts';

/**
 * What another program answers, as long as that is no more than it should be.
 * @throws Error that names the limit; what is left is not read
 */
export async function boundedText(answer: AsyncIterable<Buffer>, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    length += part.length;
    if (length > most) throw new Error(`its answer has more than ${sizeText(most)}`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
