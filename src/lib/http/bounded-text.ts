import { sizeText } from '../size-text.ts';

/** An answer that is no answer any more: what is left of it is not read. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * What another program answers, as long as that is no more than it should be.
 * @param most bytes
 * @throws TooLarge, which names the limit
 */
export async function boundedText(answer: AsyncIterable<Buffer>, most: number): Promise<string> {
  const { text, isWhole } = await textUpTo(answer, most);
  if (!isWhole) throw new TooLarge(`its answer has more than ${sizeText(most)}`);
  return text;
}

/** The first bytes of what another program answers: of what is said with a refusal, nobody reads more. */
export async function textUpTo(
  answer: AsyncIterable<Buffer>,
  most: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer) {
    length += part.length;
    parts.push(part);
    // Whoever leaves the loop ends the connection.
    if (length > most) break;
  }
  return { text: Buffer.concat(parts).subarray(0, most).toString('utf8'), isWhole: length <= most };
}
