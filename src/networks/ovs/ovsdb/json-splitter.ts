import { HeddleError } from '../../../lib/errors.ts';

const quote = 0x22;
const backslash = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** Takes a stream of bytes apart into the JSON texts in it, which nothing stands between (RFC 7047, 4). */
export class JsonSplitter {
  readonly #limit: number;
  #pending: Buffer[] = [];
  #size = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** `limit`: bytes of one text. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The values that are whole with these bytes.
   * @throws HeddleError ERR_OVS for a text that is longer than the limit, or no JSON; nothing can be read from the stream then
   */
  push(chunk: Buffer): unknown[] {
    const values: unknown[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (this.#ends(chunk[at]!)) {
        values.push(this.#value(chunk.subarray(start, at + 1)));
        start = at + 1;
      }
    }
    this.#keep(chunk.subarray(start));
    return values;
  }

  /** Whether a text ends with this byte. Bytes of UTF-8 besides ASCII are never one of those that count here. */
  #ends(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inString = false;
      return false;
    }
    if (byte === quote) this.#inString = true;
    else if (opening.has(byte)) this.#depth++;
    else if (closing.has(byte)) return --this.#depth <= 0;
    return false;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#size += part.length;
    if (this.#size > this.#limit)
      throw new HeddleError('ERR_OVS', `a message of ovsdb-server is longer than ${this.#limit} bytes`);
    this.#pending.push(part);
  }

  #value(last: Buffer): unknown {
    this.#keep(last);
    const text = Buffer.concat(this.#pending).toString();
    this.#pending = [];
    this.#size = 0;
    this.#depth = 0;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new HeddleError('ERR_OVS', 'ovsdb-server sent what is no JSON', { cause });
    }
  }
}
