import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { type Of, optional } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { type KeyPair, keyPair, newKeyPair } from './keys.ts';

const ownKeys = z.object({
  current: keyPair,
  /** Milliseconds since 1970. */
  since: z.number(),
  /** What it changes to. */
  next: optional(keyPair),
});
/** The private keys of this node, which never leave it. */
export type OwnKeys = Of<typeof ownKeys>;

/** Where they are kept: a file that only root may read. */
export class KeyStore {
  readonly #file: string;
  #keys: OwnKeys | undefined;

  constructor(folder: string) {
    this.#file = path.join(folder, 'keys.json');
  }

  /** Makes them where there are none. @throws HeddleError ERR_STATE when the file cannot be understood */
  get keys(): OwnKeys {
    this.#keys ??= this.#read() ?? this.#write({ current: newKeyPair(), since: Date.now() });
    return this.#keys;
  }

  /** Makes the next one, unless there is one that is not in use yet. */
  prepare(): KeyPair {
    const next = this.keys.next ?? newKeyPair();
    if (this.keys.next === undefined) this.#write({ ...this.keys, next });
    return next;
  }

  /** The next one is in use from now on. */
  advance(): void {
    const { next } = this.keys;
    if (next) this.#write({ current: next, since: Date.now() });
  }

  #read(): OwnKeys | undefined {
    if (!existsSync(this.#file)) return undefined;
    try {
      return ownKeys.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      // Who parses or checks it would quote what it read, as wg(8) would.
      throw new HeddleError('ERR_STATE', `${this.#file}: the keys of this node’s links cannot be read`, {
        hint: 'remove the file: the node makes itself new ones',
      });
    }
  }

  #write(keys: OwnKeys): OwnKeys {
    mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    replaceFile(this.#file, JSON.stringify(keys), 0o600);
    this.#keys = keys;
    return keys;
  }
}
