import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../../lib/errors.ts';
import { readBounded } from '../../lib/read-bounded.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import type { KeyPair } from '../../lib/x509.ts';
import { readCertificate } from '../proxy/certificates.ts';
import type { Certificate } from '../proxy/driver.ts';
import { AccountKey } from './account-key.ts';

/** The account's key and the certificates of one gateway from one ACME server: files that only their owner reads. */
export class AcmeStore {
  readonly #folder: string;
  readonly #held = new Map<string, Certificate>();
  /** Files that were left out since they are damaged; a certificate is ordered in the place of each. */
  readonly damaged: readonly string[];

  /** @throws HeddleError ERR_STATE */
  constructor(folder: string) {
    this.#folder = path.resolve(folder);
    const damaged: string[] = [];
    this.#attempt(() => {
      mkdirSync(this.#certificates, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(this.#certificates).sort()) {
        if (!name.endsWith('.pem')) continue;
        const id = name.slice(0, -'.pem'.length);
        try {
          this.#held.set(id, readCertificate(this.#file(id)));
        } catch (error) {
          damaged.push((error as Error).message);
        }
      }
    });
    this.damaged = damaged;
  }

  /**
   * The account's key, made when there is none.
   * @throws HeddleError ERR_STATE
   */
  accountKey(): AccountKey {
    const file = path.join(this.#folder, 'account.key');
    return this.#attempt(() => {
      if (!existsSync(file)) replaceFile(file, AccountKey.make(), 0o600);
      return new AccountKey(readBounded(file, { bytes: 64 << 10 }).toString());
    }, file);
  }

  get all(): readonly Certificate[] {
    return [...this.#held.values()];
  }

  get(id: string): Certificate | undefined {
    return this.#held.get(id);
  }

  /** @throws HeddleError ERR_STATE, ERR_DISK_FULL */
  keep(id: string, { certificate, key }: KeyPair): Certificate {
    return this.#attempt(() => {
      replaceFile(this.#file(id), `${certificate.trim()}\n${key.trim()}\n`, 0o600);
      const kept = readCertificate(this.#file(id));
      this.#held.set(id, kept);
      return kept;
    });
  }

  /** Removes what has expired and is not wanted any more. What may be wanted again stays as long as it holds. */
  sweep(isWanted: (id: string) => boolean, now: number): void {
    for (const [id, { until }] of this.#held) {
      if (until > now || isWanted(id)) continue;
      this.#attempt(() => rmSync(this.#file(id), { force: true }));
      this.#held.delete(id);
    }
  }

  get #certificates(): string {
    return path.join(this.#folder, 'certificates');
  }

  #file(id: string): string {
    return path.join(this.#certificates, `${id}.pem`);
  }

  #attempt<T>(action: () => T, what = this.#folder): T {
    try {
      return action();
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new HeddleError(code === 'ENOSPC' ? 'ERR_DISK_FULL' : 'ERR_STATE', `${what}: ${message}`, {
        cause,
      });
    }
  }
}
