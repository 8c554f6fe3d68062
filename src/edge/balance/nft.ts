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
  /** Whether there is one that another version of Heddle made. */
  #isOld = false;

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
    // Both at once: without any rule for addresses the kernel would not translate those of open connections.
    await this.#send(this.#isOld ? this.#deletion + text : text);
    this.#known = wanted;
    return true;
  }

  /** Whether it was there and somebody took it away, as `nft flush ruleset` does. */
  async isGone(): Promise<boolean> {
    const known = this.#known;
    if (known === undefined || known === 'none') return false;
    // Not `list tables`: nft 1.0.6 reads all their elements for that, which takes a hundred times as long.
    const listed = await run('nft', ['list', 'chains', 'inet'], { code });
    if (listed.includes(`table inet ${this.name} {`) || this.#known !== known) return false;
    this.#known = undefined;
    return true;
  }

  /** Whatever there is, nothing is there after it. */
  async remove(): Promise<void> {
    if (!(await this.rules()) && !this.#isOld) return;
    await this.#send(this.#deletion);
    this.#known = 'none';
  }

  /** As that, when what there is was made by another version. */
  async removeOld(): Promise<void> {
    if (this.#isOld) await this.remove();
  }

  get #deletion(): string {
    return `delete table inet ${this.name}\n`;
  }

  async #send(text: string): Promise<void> {
    this.#known = undefined;
    await run('nft', ['-f', '-'], { input: text, code });
    this.#isOld = false;
  }

  async #read(): Promise<Rules | 'none'> {
    const found = await this.#found();
    this.#isOld = found === 'other';
    if (found === 'none' || found === 'other') return 'none';
    if (found === 'foreign')
      throw new HeddleError(code, `there is a table inet ${this.name} that Heddle did not make`, {
        hint: `nft list table inet ${this.name} shows it; rename it, or say --balance none`,
      });
    return found.rules;
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
