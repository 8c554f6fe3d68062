/**
 * Bytes on their way to the switch: an Open vSwitch without its kernel module reads from a packet socket, which holds some 90
 * frames of up to 1,500 bytes and loses the rest.
 */
const most = 64 * 1024;
/** What a small frame counts: buffers are full of frames, whatever is in them. */
const least = 1024;

/** Keeps whoever sends from sending more than the switch has room for: now and then it is asked whether it is through. */
export class Window {
  readonly #echo: () => Promise<void>;
  /** Bytes since the beginning: that were let through, about which the switch was asked last, and with which it is through. */
  #sent = 0;
  #asked = 0;
  #through = 0;
  #asking: Promise<void> | undefined;

  /** `echo`: returns when the switch is through with all that was sent before; it never rejects */
  constructor(echo: () => Promise<void>) {
    this.#echo = echo;
  }

  /** Returns when there is room for a frame; one at a time. */
  async take(bytes: number): Promise<void> {
    const cost = Math.min(Math.max(bytes, least), most);
    while (this.#sent + cost - this.#through > most) await (this.#asking ?? this.#ask());
    this.#sent += cost;
    // By half: the answer is there before the rest is sent.
    if (!this.#asking && this.#sent - this.#asked >= most / 2) void this.#ask();
  }

  #ask(): Promise<void> {
    // The frame that it asks after comes behind this one: it is sent by then.
    const upTo = this.#sent;
    this.#asked = upTo;
    this.#asking = Promise.resolve()
      .then(this.#echo)
      .then(() => {
        this.#through = upTo;
        this.#asking = undefined;
      });
    return this.#asking;
  }
}
