import { HeddleError } from '../../../lib/errors.ts';
import { readSmallFile } from './small-file.ts';

/** What is shown to an API server to say who asks. */
export interface Shown {
  readonly token?: string;
  /** PEM. */
  readonly certificate?: string;
  readonly key?: string;
}

/** Where that is from. */
export interface Credentials {
  /** @throws HeddleError ERR_KUBERNETES */
  get(): Promise<Shown>;
  /**
   * The API server did not know who that is (401).
   * @returns whether there may be something else to show now
   */
  refused(shown: Shown): boolean;
  /** It did. */
  accepted(): void;
}

/** What the kubeconfig says once and for all. */
export class FixedCredentials implements Credentials {
  readonly #shown: Shown;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  async get(): Promise<Shown> {
    return this.#shown;
  }

  refused(): boolean {
    return false;
  }

  accepted(): void {}
}

/** A token in a file, which somebody exchanges: the service account's in a pod, or what a tool renews. */
export class TokenFile implements Credentials {
  readonly #file: string;
  #last: Shown | undefined;

  /** @param otherwise the token that the kubeconfig has besides, until the file can be read */
  constructor(file: string, otherwise: string | undefined) {
    this.#file = file;
    if (otherwise) this.#last = { token: otherwise };
  }

  /** Read every time: a request costs more. What was read last serves while somebody writes it. */
  async get(): Promise<Shown> {
    try {
      const token = readSmallFile(this.#file).trim();
      if (token === '') throw new Error(`${this.#file} is empty`);
      if (token !== this.#last?.token) this.#last = { token };
      return this.#last;
    } catch (cause) {
      if (this.#last) return this.#last;
      throw new HeddleError('ERR_KUBERNETES', `the token cannot be read: ${(cause as Error).message}`, {
        hint: 'tokenFile of the user in the kubeconfig names the file',
        cause,
      });
    }
  }

  refused({ token }: Shown): boolean {
    return this.#now() !== token;
  }

  accepted(): void {}

  #now(): string | undefined {
    try {
      return readSmallFile(this.#file).trim();
    } catch {
      return this.#last?.token;
    }
  }
}
