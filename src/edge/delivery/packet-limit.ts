import { sizeText } from '../../lib/size-text.ts';

/** Bytes of a view, or of a change of one. */
export const longestView = 128 << 20;
/** Of what a gateway or a node's proxy says of itself. */
export const longestTelemetry = 16 * 1024;

/**
 * Looks at what comes over a connection of MQTT 3.1.1 how long each packet says that it is (2.2.3), before anybody waits for all of
 * it in memory: the format allows 256 MiB.
 */
export class PacketLimit {
  readonly #most: number;
  /** Bytes of the packet under way that are still to come; nothing: its length is. */
  #left: number | undefined;
  /** Bytes of the fixed header so far, and what they say. */
  #head = 0;
  #length = 0;

  /** @param most bytes after the fixed header */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns why no more is to be read */
  take(bytes: Uint8Array): Error | undefined {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left === undefined) this.#read(bytes[at++] as number);
      else {
        const part = Math.min(this.#left, bytes.length - at);
        at += part;
        this.#left -= part;
      }
      if ((this.#left ?? this.#length) > this.#most)
        return new Error(`a packet has more than ${sizeText(this.#most)}`);
      if (this.#head > 5) return new Error('this is not MQTT');
      if (this.#left === 0) this.#next();
    }
    return undefined;
  }

  #read(byte: number): void {
    this.#head++;
    if (this.#head === 1) return;
    this.#length += (byte & 127) * 128 ** (this.#head - 2);
    if (byte < 128) this.#left = this.#length;
  }

  #next(): void {
    this.#left = undefined;
    this.#head = 0;
    this.#length = 0;
  }
}
