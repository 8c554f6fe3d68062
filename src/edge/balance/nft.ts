import { HeddleError } from '../../lib/errors.ts';
import { isInstalled, run } from '../../lib/exec.ts';
import { type Found, readListing } from './listing.ts';
import type { Rules } from './rules.ts';
import { transaction } from './transaction.ts';

const code = 'ERR_EDGE_BALANCE';

/** A table of nftables, the gateway's own. Others are neither read nor touched. */
export class NftTable {
  readonly name: string;
  /** What the kernel has, as far as is known: nothing was asked yet, or something went wrong. */
  #known: Rules | 'none' | undefined;

  constructor(site: string) {
    this.name = `heddle-edge-${site}`;
  }

  /** What the kernel has; nothing while there is no such table. */
  async rules(): Promise<Rules | undefined> {
    this.#known ??= await this.#read();
    return this.#known === 'none' ? undefined : this.#known;
  }

  /**
   * Makes it so, in one transaction.
   * @returns whether anything had to be changed
   * @throws HeddleError ERR_EDGE_BALANCE; nothing changed then
   */
  async apply(wanted: Rules): Promise<boolean> {
    const text = transaction(this.name, await this.rules(), wanted);
    if (text === '') return false;
    await this.#tell(text);
    this.#known = wanted;
    return true;
  }

  /** Whatever there is, nothing is there after it. */
  async remove(): Promise<void> {
    if (!(await this.rules())) return;
    await this.#tell(`delete table inet ${this.name}\n`);
    this.#known = 'none';
  }

  async #tell(text: string): Promise<void> {
    this.#known = undefined;
    await run('nft', ['-f', '-'], { input: text, code });
  }

  async #read(): Promise<Rules | 'none'> {
    const found = await this.#found();
    if (found === 'none') return 'none';
    if (found === 'foreign')
      throw new HeddleError(code, `there is a table inet ${this.name} that Heddle did not make`, {
        hint: `nft list table inet ${this.name} shows it; rename it, or say --balance none`,
      });
    if (found !== 'other') return found.rules;
    // Of connections that are open the kernel knows where they lead without it.
    await this.#tell(`delete table inet ${this.name}\n`);
    return 'none';
  }

  async #found(): Promise<Found | 'none'> {
    if (!(await isInstalled('nft')))
      throw new HeddleError(code, 'nft is not installed', { hint: 'apt-get install nftables' });
    try {
      return readListing(await run('nft', ['-j', 'list', 'table', 'inet', this.name], { code }));
    } catch (error) {
      const { message } = error as Error;
      if (/No such file or directory/.test(message)) return 'none';
      if (!/Operation not permitted/.test(message)) throw error;
      throw new HeddleError(code, 'only root may balance at layer 4', {
        hint: 'run the gateway as root, or give it CAP_NET_ADMIN',
        cause: error,
      });
    }
  }
}
