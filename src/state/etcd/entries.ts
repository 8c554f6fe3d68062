import type { Entry, Listing } from '../state-manager.ts';
import type { Pair } from './answers.ts';
import type { EtcdClient, Patience } from './client.ts';
import { EtcdFailure, grpc } from './failure.ts';
import { decode, encode, jsonOf, under } from './keys.ts';
import { get, page } from './questions.ts';

/** Entries that are asked for at once. */
const perPage = 200;
/** How often a list is begun again. */
const most = 5;

/** Reads the entries under a base of etcd's keys; their own keys are without it. */
export class Entries {
  readonly #client: EtcdClient;
  readonly #base: string;

  constructor(client: EtcdClient, base: string) {
    this.#client = client;
    this.#base = base;
  }

  /** @throws EtcdFailure */
  async get(key: string, patience: Patience): Promise<Entry | undefined> {
    const [found] = (await this.#client.ask(get(this.#base + key), patience)).kvs;
    return found && entryOf(found, this.#base);
  }

  /**
   * All as they were together.
   * @param isKnown as far as the member that answers knows: it may be old
   * @throws EtcdFailure
   */
  async list(prefix: string, patience: Patience, isKnown = false): Promise<Listing> {
    for (let again = 0; ; again++) {
      try {
        return await this.#pages(prefix, patience, isKnown);
      } catch (error) {
        // What was there at the first page is not kept any more.
        if ((error as EtcdFailure).code !== grpc.outOfRange || again === most) throw error;
      }
    }
  }

  async #pages(prefix: string, patience: Patience, serializable: boolean): Promise<Listing> {
    const entries: Entry[] = [];
    let { key, range_end } = under(this.#base + prefix);
    let revision = 0;
    for (;;) {
      const question = page({ key, range_end, limit: perPage, revision, serializable });
      const { header, kvs, more } = await this.#client.ask(question, patience);
      entries.push(...kvs.map((pair) => entryOf(pair, this.#base)));
      revision ||= header.revision;
      const last = kvs.at(-1);
      if (!more || !last) return { entries, revision };
      if (Buffer.from(last.key, 'base64').compare(Buffer.from(key, 'base64')) < 0)
        throw new EtcdFailure('unknown', 'what was asked for is not told');
      key = encode(`${decode(last.key)}\0`);
    }
  }
}

/** @throws EtcdFailure for what is not under the base */
export function entryOf(pair: Pair, base: string): Entry {
  const key = decode(pair.key);
  if (!key.startsWith(base)) throw new EtcdFailure('unknown', `${key} was not asked for`);
  return { key: key.slice(base.length), value: jsonOf(pair), revision: pair.mod_revision };
}
