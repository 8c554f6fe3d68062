import { request } from 'node:http';
import { clientAt } from '../listen/fair-connections.ts';
import { type ChallengeAnswers, challengePath, relayedHeader } from '../proxy/certificate-source.ts';
import { httpPort } from '../proxy/routes.ts';

/** A token as ACME servers make them: 128 bits of chance at least (RFC 8555, 8.3). */
const tokenForm = /^[A-Za-z0-9_-]{22,200}$/;
/** Milliseconds that another gateway may take. */
const timeout = 2000;
/**
 * Searches at a time, those of one client, and gateways that one asks: anybody can ask for a token. A server checks several
 * names of several gateways at once, each more than once, from one address.
 */
const searchesAtMost = 64;
const searchesOfOne = 8;
const peersAtMost = 100;
/** Characters of an answer. */
const longest = 400;

/**
 * Answers an ACME server's challenges over HTTP. The server may reach another gateway than the one that it is to judge,
 * since each answers DNS with its own address: one that does not know a token asks the others.
 */
export class Challenges implements ChallengeAnswers {
  readonly #answers = new Map<string, string>();
  readonly #ask: typeof askPeer;
  #peers: readonly string[] = [];
  /** By token, what is under way, and for which client it began. */
  readonly #searches = new Map<
    string,
    { readonly client: string; readonly found: Promise<string | undefined> }
  >();

  constructor(ask = askPeer) {
    this.#ask = ask;
  }

  /** Returns what ends it. */
  offer(token: string, answer: string): () => void {
    this.#answers.set(token, answer);
    return () => this.#answers.delete(token);
  }

  /** @param addresses of the other gateways */
  setPeers(addresses: readonly string[]): void {
    this.#peers = addresses.slice(0, peersAtMost);
  }

  async answer(token: string, isRelayed: boolean, address?: string): Promise<string | undefined> {
    const known = this.#answers.get(token);
    if (known !== undefined || isRelayed || !tokenForm.test(token)) return known;
    const shared = this.#searches.get(token);
    if (shared) return shared.found;
    const client = clientAt(address);
    const own = [...this.#searches.values()].filter((search) => search.client === client).length;
    if (this.#peers.length === 0 || own >= searchesOfOne || this.#searches.size >= searchesAtMost)
      return undefined;
    const found = this.#search(token).finally(() => this.#searches.delete(token));
    this.#searches.set(token, { client, found });
    return found;
  }

  /** The first answer that is one to this token. */
  async #search(token: string): Promise<string | undefined> {
    const over = new AbortController();
    const asked = this.#peers.map(async (address) => {
      const text = (await this.#ask(address, token, over.signal)).trim();
      if (!text.startsWith(`${token}.`) || !/^[\w-]{43}$/.test(text.slice(token.length + 1)))
        throw new Error('it is no answer');
      return text;
    });
    try {
      return await Promise.any(asked);
    } catch {
      return undefined;
    } finally {
      over.abort();
    }
  }
}

/** What the gateway at an address answers for a token. */
function askPeer(address: string, token: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({
      host: address,
      port: httpPort,
      path: `${challengePath}${token}`,
      headers: { [relayedHeader]: '1' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      agent: false,
    });
    asking.on('error', reject);
    asking.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('error', reject);
      response.on('data', (part: string) => {
        text += part;
        if (text.length > longest) response.destroy(new Error('it is too long'));
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error('it has none')),
      );
    });
    asking.end();
  });
}
