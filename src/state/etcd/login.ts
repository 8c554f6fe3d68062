import { HeddleError } from '../../lib/errors.ts';
import { readNamed } from '../../lib/read-named.ts';
import { EtcdFailure } from './failure.ts';
import { authenticate } from './questions.ts';
import type { Question } from './transport.ts';

/** Bytes of a password: bcrypt, with which etcd keeps it, takes 72. */
const longestPassword = 72;

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Puts a question to a member, as nobody. */
export type Asking = <T>(question: Question<T>) => Promise<T>;

/** What a token is refused with that was good before, or one that is lacking (etcd's api/v3rpc/rpctypes). */
const stale = /invalid auth token|revision of auth store is old|user name is empty/;
const withoutUsers = /authentication is not enabled/;

/**
 * Who this node is to etcd by a name and a password (etcd.io, "Role-based access control"): for these a member gives a token, which
 * all members know until it is not used for minutes, they restart, or somebody changes users.
 */
export class Login {
  readonly #credentials: () => Credentials;
  /** Empty where etcd knows no users. */
  #token: string | undefined;
  /** By member: what is asked for already. Another question would cost etcd as much again. */
  readonly #asked = new Map<string, Promise<string>>();

  /** @param credentials read anew for each login, so that a changed password is used */
  constructor(credentials: () => Credentials) {
    this.#credentials = credentials;
  }

  /** @throws EtcdFailure */
  token(member: string, ask: Asking): Promise<string> {
    if (this.#token !== undefined) return Promise.resolve(this.#token);
    const asked = this.#asked.get(member) ?? this.#ask(ask).finally(() => this.#asked.delete(member));
    this.#asked.set(member, asked);
    return asked;
  }

  /** Whether something failed for a token that is good no more: then another is asked for. */
  isStale(error: unknown, token: string): boolean {
    if (!(error instanceof EtcdFailure && stale.test(error.message))) return false;
    if (this.#token === token) this.#token = undefined;
    return true;
  }

  async #ask(ask: Asking): Promise<string> {
    try {
      const { token } = await ask(authenticate(this.#credentials()));
      this.#token = token;
    } catch (error) {
      // Whatever came of it, nothing was done of what is asked next.
      if (!(error instanceof EtcdFailure))
        throw new EtcdFailure('undone', (error as Error).message, undefined, error);
      if (!withoutUsers.test(error.message))
        throw error.outcome === 'unknown'
          ? new EtcdFailure('undone', error.message, error.code, error)
          : error;
      this.#token = '';
    }
    return this.#token;
  }
}

/**
 * What a file holds as the password: its first line.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE; ERR_USAGE for one that is empty, or too long
 */
export function readPassword(file: string): string {
  const [password = ''] = readNamed(file, { bytes: 4096 }).toString().split(/\r?\n/, 1);
  const bytes = Buffer.byteLength(password);
  if (bytes > 0 && bytes <= longestPassword) return password;
  throw new HeddleError(
    'ERR_USAGE',
    `${file} ${bytes === 0 ? 'begins with no password' : `holds a password of more than ${longestPassword} bytes`}`,
  );
}
