import { HeddleError } from '../../../lib/errors.ts';
import { macText } from '../../../lib/mac.ts';

/** Reads numbers in network order from a part of a message, and never beyond it. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64BE(this.#advance(8));
  }

  skip(count: number): void {
    this.#advance(count);
  }

  /** The next bytes, as they stand in the message. */
  bytes(count: number): Buffer {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  rest(): Buffer {
    return this.bytes(this.left);
  }

  /** A reader of the next bytes alone. */
  part(count: number): Reader {
    return new Reader(this.bytes(count));
  }

  /** A text that ends with the first zero, or fills its field. */
  text(count: number): string {
    const field = this.bytes(count);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end < 0 ? count : end);
  }

  /** `02:00:00:00:00:01`. */
  mac(): string {
    return macText(this.bytes(6));
  }

  #advance(count: number): number {
    if (count < 0 || count > this.left)
      throw malformed(`${count} bytes are read where ${this.left} are left`);
    const start = this.#at;
    this.#at += count;
    return start;
  }
}

/** Bytes of a message as they come: numbers of so many bytes in network order, and bytes as they are. */
export function u8(number: number): Buffer {
  return Buffer.from([number]);
}

export function u16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(number);
  return bytes;
}

export function u32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

export function u64(number: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(number);
  return bytes;
}

export function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}

/** A text in a field of so many bytes, of which the last is zero. */
export function textBytes(text: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  bytes.write(text, 0, count - 1);
  return bytes;
}

export function joined(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts);
}

/** Zeros up to a multiple of eight. */
export function padded(bytes: Buffer): Buffer {
  const lacking = (8 - (bytes.length % 8)) % 8;
  return lacking === 0 ? bytes : Buffer.concat([bytes, zeros(lacking)]);
}

export function malformed(why: string): HeddleError {
  return new HeddleError('ERR_OPENFLOW', `a malformed OpenFlow message: ${why}`);
}
