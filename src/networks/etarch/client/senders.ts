import type { HeddleError } from '../../../lib/errors.ts';

/** Titles that are remembered. */
const most = 4096;
/** Milliseconds for which nobody is asked again whose a title is: it may have moved, but not that often. */
const pause = 1000;

/** Whose titles are, by the addresses that the agent says. */
export class Senders {
  readonly #lookUp: (title: string) => Promise<string>;
  readonly #known = new Map<string, { readonly address: string | undefined; readonly at: number }>();

  /** `lookUp`: the address of who has a title. @throws HeddleError when nobody has it */
  constructor(lookUp: (title: string) => Promise<string>) {
    this.#lookUp = lookUp;
  }

  /** Whether a title is that of whoever sends from an address, which the switch vouches for. */
  async isOf(title: string, address: string): Promise<boolean> {
    const known = this.#known.get(title);
    if (known?.address === address) return true;
    if (known && Date.now() - known.at < pause) return false;
    const found = await this.#lookUp(title).catch((_: HeddleError) => undefined);
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(title, { address: found, at: Date.now() });
    return found === address;
  }
}
