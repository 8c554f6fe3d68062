import { malformed } from './bytes.ts';
import { headerLength } from './numbers.ts';

/** Takes a stream of bytes apart into messages, by the length in their headers. What is kept is less than one message. */
export class Frames {
  #left: Buffer = Buffer.alloc(0);

  /** The messages that are whole with these bytes. @throws HeddleError ERR_OPENFLOW for a length that is none */
  push(chunk: Buffer): Buffer[] {
    let bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    const messages: Buffer[] = [];
    while (bytes.length >= headerLength) {
      const length = bytes.readUInt16BE(2);
      if (length < headerLength) throw malformed(`a length of ${length}`);
      if (bytes.length < length) break;
      messages.push(bytes.subarray(0, length));
      bytes = bytes.subarray(length);
    }
    // A copy: else a few bytes keep the whole chunk that they came with.
    this.#left = Buffer.from(bytes);
    return messages;
  }
}
