import { createPrivateKey, X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from '../../lib/backoff.ts';
import type { KeyPair } from '../../lib/x509.ts';
import { makeRequest } from '../../lib/x509.ts';
import type { AccountKey } from './account-key.ts';
import type { ExternalAccount } from './external-account.ts';
import type { Https, Reply } from './https.ts';
import {
  type Authorization,
  authorization,
  type Directory,
  directory,
  order,
  parse,
  problemText,
  refusalOf,
  retryAfter,
} from './messages.ts';
import { Refusal } from './refusal.ts';

/** How often a request is sent whose nonce the server does not take: it may forget them at any time, and many at once. */
const nonceAttempts = 10;
/** Milliseconds that the server may take to look, and to issue. */
const timeout = 90_000;
/** Milliseconds between two looks whether it did: at first, and at most, when it does not say. */
const firstLook = 200;
const seldomLook = 4000;

export interface ClientOptions {
  readonly directory: string;
  readonly key: AccountKey;
  readonly email?: string | undefined;
  readonly acceptsTerms: boolean;
  /** What the account belongs to, where the server wants to know. */
  readonly external?: ExternalAccount | undefined;
  readonly https: Https;
  readonly signal: AbortSignal;
  /** Makes a challenge be answered; what it returns ends that. */
  offer(token: string, answer: string): () => void;
}

/** An ACME client (RFC 8555): orders certificates for names that it shows to have over HTTP (http-01). */
export class AcmeClient {
  readonly #options: ClientOptions;
  #directory: Directory | undefined;
  #account: string | undefined;
  #nonce: string | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * A certificate with what leads to its root, and a new key, both PEM.
   * @throws Refusal
   */
  async order(names: readonly string[]): Promise<KeyPair> {
    try {
      return await this.#order(names).catch((error) => {
        // A server that lost its accounts is given this one again.
        if (!(error instanceof Refusal) || error.type !== 'accountDoesNotExist') throw error;
        this.#account = undefined;
        return this.#order(names);
      });
    } catch (error) {
      // Whatever was learnt of the server may not be so any more.
      this.#directory = undefined;
      this.#account = undefined;
      throw error;
    }
  }

  async #order(names: readonly string[]): Promise<KeyPair> {
    const at = await this.#open().catch((error) => {
      throw error instanceof Refusal ? error.ofEverything() : error;
    });
    const identifiers = names.map((value) => ({ type: 'dns', value }));
    const created = await this.#post(at.newOrder, { identifiers });
    const url = locationOf(created, at.newOrder);
    const ordered = parse(order, created, at.newOrder);
    for (const one of ordered.authorizations) await this.#authorize(one);
    const { key, request } = await makeRequest(names);
    await this.#post(ordered.finalize, { csr: request.toString('base64url') });
    const done = await this.#until(url, order, ({ status }) => status === 'valid' || status === 'invalid');
    if (done.status === 'invalid' || done.certificate === undefined)
      throw new Refusal(`${url} gives no certificate: ${problemText(done.error)}`);
    const { body } = await this.#post(done.certificate, undefined);
    expectFor(names, { certificate: body, key }, done.certificate);
    return { certificate: body, key };
  }

  /** Learns where to ask for what, and makes the account, or finds the one that the key has. */
  async #open(): Promise<Directory> {
    if (this.#directory && this.#account !== undefined) return this.#directory;
    const { directory: url, https, key, email, acceptsTerms, external } = this.#options;
    const reply = await https.ask(url);
    if (reply.status !== 200) throw refusalOf(reply, url);
    const found = parse(directory, reply, url);
    const { termsOfService, externalAccountRequired } = found.meta;
    if (termsOfService !== undefined && !acceptsTerms)
      throw new Refusal(`${url} has terms that are not accepted yet: ${termsOfService}`, {
        hint: 'read them, and start the gateway with --acme-accept-terms',
      });
    if (externalAccountRequired && !external)
      throw new Refusal(`${url} wants an account made elsewhere (external account binding)`, {
        hint: 'make one with whoever runs it, and name it with --acme-eab-kid and --acme-eab-key',
      });
    this.#directory = found;
    const account = await this.#post(found.newAccount, {
      termsOfServiceAgreed: acceptsTerms,
      ...(email !== undefined && { contact: [`mailto:${email}`] }),
      ...(external && { externalAccountBinding: external.bind(key, found.newAccount) }),
    });
    this.#account = locationOf(account, found.newAccount);
    return found;
  }

  async #authorize(url: string): Promise<void> {
    const { key, offer } = this.#options;
    const asked = parse(authorization, await this.#post(url, undefined), url);
    if (asked.status === 'valid') return;
    const name = asked.identifier.value;
    const challenge = asked.challenges.find(({ type }) => type === 'http-01');
    if (!challenge || asked.status !== 'pending')
      throw new Refusal(`${name}: ${challenge ? `it is ${asked.status}` : 'http-01 is not offered'}`);
    const withdraw = offer(challenge.token, key.authorization(challenge.token));
    try {
      await this.#post(challenge.url, {});
      const judged = await this.#until(url, authorization, ({ status }) => status !== 'pending');
      if (judged.status !== 'valid') throw new Refusal(`${name}: ${whyInvalid(judged)}`);
    } finally {
      withdraw();
    }
  }

  /** Asks again until something is so. */
  async #until<T>(
    url: string,
    schema: Parameters<typeof parse<T>>[0],
    isSo: (found: T) => boolean,
  ): Promise<T> {
    const began = performance.now();
    const backoff = new Backoff(firstLook, seldomLook);
    for (;;) {
      const reply = await this.#post(url, undefined);
      const found = parse(schema, reply, url);
      if (isSo(found)) return found;
      const seconds = retryAfter(reply.headers);
      const wait = seconds === undefined ? backoff.next() : Math.max(seconds * 1000, firstLook);
      if (performance.now() - began + wait > timeout)
        throw new Refusal(`${url} is not ready after ${timeout / 1000} s`, { retryAfter: seconds });
      await sleep(wait, undefined, { signal: this.#options.signal });
    }
  }

  /** @throws Refusal for every status that is an error */
  async #post(url: string, payload: object | undefined): Promise<Reply> {
    const { key, https } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const nonce = this.#nonce ?? (await this.#newNonce());
      this.#nonce = undefined;
      const who = this.#account === undefined ? { jwk: key.jwk } : { kid: this.#account };
      const reply = await https.ask(url, JSON.stringify(key.sign({ nonce, url, ...who }, payload)));
      this.#nonce = nonceOf(reply);
      if (reply.status < 400) return reply;
      const refusal = refusalOf(reply, url);
      if (refusal.type !== 'badNonce' || attempt === nonceAttempts) throw refusal;
    }
  }

  async #newNonce(): Promise<string> {
    const url = this.#directory?.newNonce ?? '';
    const nonce = nonceOf(await this.#options.https.ask(url));
    if (nonce === undefined) throw new Refusal(`${url} gives no nonce`, { everything: true });
    return nonce;
  }
}

function nonceOf({ headers }: Reply): string | undefined {
  const nonce = headers['replay-nonce'];
  return typeof nonce === 'string' ? nonce : undefined;
}

function locationOf({ headers }: Reply, url: string): string {
  if (typeof headers['location'] === 'string') return headers['location'];
  throw new Refusal(`${url} does not say where what it made is`, { everything: true });
}

function whyInvalid({ challenges, status }: Authorization): string {
  const failed = challenges.find(({ error }) => error);
  return failed ? problemText(failed.error) : `it is ${status}`;
}

/** @throws Refusal unless it is for the key, for all the names, and holds now */
function expectFor(names: readonly string[], { certificate, key }: KeyPair, url: string): void {
  let wrong: string | undefined;
  try {
    const found = new X509Certificate(certificate);
    const missing = names.find((name) => found.checkHost(name) === undefined);
    if (!found.checkPrivateKey(createPrivateKey(key))) wrong = 'it is for another key';
    else if (missing !== undefined) wrong = `it is not for ${missing}`;
    else if (Date.parse(found.validTo) <= Date.now()) wrong = `it held until ${found.validTo}`;
  } catch (error) {
    wrong = (error as Error).message;
  }
  if (wrong !== undefined) throw new Refusal(`${url} gives a certificate that is not taken: ${wrong}`);
}
