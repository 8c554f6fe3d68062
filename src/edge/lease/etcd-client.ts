import { HeddleError } from '../../lib/errors.ts';
import { send } from '../../lib/http/send.ts';
import * as z from '../../lib/zod.ts';
import type { EtcdTls } from './etcd-tls.ts';

/** Milliseconds that an answer may take. */
const timeout = 2000;
/** Bytes of one: a key and its value. */
const longest = 1 << 20;

/** What happened to a key when it was to be taken. */
const transaction = z.object({ succeeded: z.boolean().default(false) });
const range = z.object({
  kvs: z.array(z.object({ value: z.string().default(''), mod_revision: z.string() })).default([]),
});
const granted = z.object({ ID: z.string() });
const alive = z.object({ result: z.object({ TTL: z.string().default('0') }) });

/** A key, as it stands; `revision` of one that is not there is 0. */
export interface EtcdValue {
  readonly value: string | undefined;
  readonly revision: string;
}

/** What a controller needs of etcd 3, over its JSON gateway (etcd.io, "API gRPC gateway"). */
export class EtcdClient {
  readonly #url: string;
  readonly #tls: (() => EtcdTls) | undefined;

  /**
   * @param tls read anew for every question, so that renewed certificates are used; not given: those that the system trusts
   * @throws HeddleError ERR_USAGE for what is no URL
   */
  constructor(url: string, tls?: () => EtcdTls) {
    const protocol = URL.canParse(url) ? new URL(url).protocol : '';
    if (!(protocol === 'https:' || (protocol === 'http:' && !tls)))
      throw new HeddleError('ERR_USAGE', `"${url}" is no etcd${tls ? ' with TLS' : ''}`, {
        hint: `write ${tls ? 'https' : 'http'}://HOST:2379`,
      });
    this.#url = url.replace(/\/+$/, '');
    this.#tls = tls;
  }

  async get(key: string): Promise<EtcdValue> {
    const { kvs } = await this.#ask('kv/range', { key: encode(key) }, range);
    const [found] = kvs;
    return found
      ? { value: Buffer.from(found.value, 'base64').toString(), revision: found.mod_revision }
      : { value: undefined, revision: '0' };
  }

  /** @param seconds after which it ends unless it is kept */
  async grant(seconds: number): Promise<string> {
    return (await this.#ask('lease/grant', { TTL: String(seconds) }, granted)).ID;
  }

  /** Keeps a lease for its whole time again; false: it has ended. */
  async keep(lease: string): Promise<boolean> {
    const { result } = await this.#ask('lease/keepalive', { ID: lease }, alive);
    return Number(result.TTL) > 0;
  }

  async revoke(lease: string): Promise<void> {
    await this.#ask('lease/revoke', { ID: lease }, z.object({}));
  }

  /** Sets keys if others are as they were seen, all or nothing; a key with a lease goes with it. */
  async setIf(
    seen: Readonly<Record<string, string>>,
    keys: Readonly<Record<string, { readonly value: string; readonly lease?: string }>>,
  ): Promise<boolean> {
    const compare = Object.entries(seen).map(([key, revision]) => ({
      key: encode(key),
      target: 'MOD',
      mod_revision: revision,
    }));
    const success = Object.entries(keys).map(([key, { value, lease = '0' }]) => ({
      request_put: { key: encode(key), value: encode(value), lease },
    }));
    return (await this.#ask('kv/txn', { compare, success }, transaction)).succeeded;
  }

  async #ask<T>(path: string, body: object, schema: z.ZodType<T>): Promise<T> {
    const fail = (reason: string, cause?: unknown) =>
      new HeddleError('ERR_EDGE_LEASE', `etcd at ${this.#url}: ${reason}`, { cause });
    let status: number;
    let answered: string;
    try {
      const answer = await send({
        to: `${this.#url}/v3/${path}`,
        method: 'POST',
        body: JSON.stringify(body),
        options: this.#tls?.(),
        timeouts: { whole: timeout },
      });
      status = answer.status;
      answered = await answer.text(longest);
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      throw fail(message || String(code), error);
    }
    if (status !== 200) throw fail(`${status} ${answered.slice(0, 200)}`);
    try {
      return schema.parse(JSON.parse(answered));
    } catch (error) {
      throw fail('the answer is not understood', error);
    }
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
