import { describe, expect, test } from 'vitest';
import { makeCertificate, makeRoot } from '../../lib/x509.ts';
import { AccountKey } from './account-key.ts';
import { AcmeClient } from './client.ts';
import { Https, type Reply } from './https.ts';
import { retryAfter } from './messages.ts';
import type { Refusal } from './refusal.ts';

const at = 'https://ca.test';
const names = ['web.edge.internal'];
const reply = (body: unknown, rest: Partial<Reply> = {}): Reply => ({
  status: 200,
  headers: { 'replay-nonce': 'n', location: `${at}/made` },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...rest,
});
const problem = (status: number, type: string, headers: Reply['headers'] = {}) =>
  reply({ type: `urn:ietf:params:acme:error:${type}`, detail: 'so it is' }, { status, headers });
const meta = { newNonce: `${at}/nonce`, newAccount: `${at}/account`, newOrder: `${at}/order` };
const valid = { status: 'valid', authorizations: [], finalize: `${at}/finalize`, certificate: `${at}/cert` };

type Answers = Readonly<Record<string, Reply | ((body: string | undefined) => Reply)>>;

/** A client of a server that gives fixed answers, by path. */
function clientOf(answers: Answers, acceptsTerms = false): AcmeClient {
  const all: Answers = { '/dir': reply(meta), '/nonce': reply(''), '/account': reply({}), ...answers };
  const https = {
    ask: async (url: string, body?: string) => {
      const found = all[url.slice(at.length)] ?? problem(404, 'malformed');
      return typeof found === 'function' ? found(body) : found;
    },
  } as Https;
  return new AcmeClient({
    directory: `${at}/dir`,
    key: new AccountKey(AccountKey.make()),
    acceptsTerms,
    https,
    signal: new AbortController().signal,
    offer: () => () => {},
  });
}
const refused = (answers: Answers) =>
  clientOf(answers)
    .order(names)
    .then(
      () => undefined,
      (error: Refusal) => error,
    );

describe('it is said what an ACME server refuses', () => {
  test('with its words, and when it may be asked again', async () => {
    const error = await refused({ '/order': problem(429, 'rateLimited', { 'retry-after': '120' }) });
    expect(error).toMatchObject({
      code: 'ERR_EDGE_ACME',
      message: `${at}/order refuses: rateLimited: so it is`,
      retryAfter: 120,
      everything: false,
    });
  });

  test('and whether it refuses everything', async () => {
    expect(await refused({ '/account': problem(403, 'unauthorized') })).toMatchObject({ everything: true });
    expect(await refused({ '/order': reply('', { status: 503 }) })).toMatchObject({
      everything: true,
      message: `${at}/order refuses: status 503`,
    });
  });

  test('when it has terms, with where they are and how they are accepted', async () => {
    const terms = { '/dir': reply({ ...meta, meta: { termsOfService: `${at}/terms` } }) };
    expect(await refused(terms)).toMatchObject({
      message: expect.stringContaining(`${at}/terms`),
      hint: expect.stringContaining('--acme-accept-terms'),
    });
    const agreed: unknown[] = [];
    const account = (body = '') => {
      agreed.push(JSON.parse(Buffer.from(JSON.parse(body).payload, 'base64url').toString()));
      return problem(400, 'malformed');
    };
    await clientOf({ ...terms, '/account': account }, true)
      .order(names)
      .catch(() => {});
    expect(agreed).toEqual([{ termsOfServiceAgreed: true }]);
  });

  test('when it cannot judge a name, or judges against it', async () => {
    const judged = (found: object) => ({
      '/order': reply({ ...valid, authorizations: [`${at}/authz`] }),
      '/authz': reply({ status: 'pending', identifier: { value: names[0] }, challenges: [], ...found }),
    });
    expect((await refused(judged({})))?.message).toBe('web.edge.internal: http-01 is not offered');
    const challenges = [{ type: 'http-01', url: `${at}/c`, token: 't' }];
    expect((await refused(judged({ status: 'invalid', challenges })))?.message).toBe(
      'web.edge.internal: it is invalid',
    );
  });
});

test('a nonce that it forgot is another one’s chance, an account that it forgot is made again', async () => {
  let asked = 0;
  const answers = ['badNonce', 'badNonce', 'accountDoesNotExist', 'caa'];
  const error = await refused({ '/order': () => problem(400, answers[asked++] ?? '') });
  expect([asked, error?.type]).toEqual([4, 'caa']);
  asked = 0;
  const always = await refused({ '/order': () => problem(400, asked++ < 99 ? 'badNonce' : '') });
  expect([asked, always?.type]).toEqual([10, 'badNonce']);
});

describe('nothing is taken that is not what was asked for', () => {
  const given = async (hosts: readonly string[]) => {
    const root = await makeRoot('test', Date.now());
    const { certificate } = await makeCertificate(root, { commonName: 'x', hosts, days: 1 }, Date.now());
    return refused({
      '/order': reply(valid),
      '/finalize': reply(valid),
      '/made': reply(valid),
      '/cert': reply(certificate),
    });
  };

  test('a certificate for another key, or text that is none', async () => {
    expect((await given(names))?.message).toContain('not taken: it is for another key');
    const garbage = await refused({
      '/order': reply(valid),
      '/finalize': reply(valid),
      '/made': reply(valid),
      '/cert': reply('nothing'),
    });
    expect(garbage?.message).toContain('gives a certificate that is not taken');
  });

  test('a way that leads out of HTTPS', async () => {
    const https = new Https(undefined, new AbortController().signal);
    for (const url of ['http://127.0.0.1/x', 'file:///etc/passwd', 'nothing'])
      await expect(https.ask(url)).rejects.toThrow('which is no URL with https');
  });
});

test('a time to be left alone is read as seconds or as a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const after = (text: string | undefined, date?: string) =>
    retryAfter({ 'retry-after': text, ...(date !== undefined && { date }) }, now);
  expect(after('30')).toBe(30);
  expect(after('Thu, 01 Jan 2026 00:01:00 GMT')).toBe(60);
  expect(after('Wed, 31 Dec 2025 00:00:00 GMT')).toBe(0);
  // However wrong the clock is here.
  expect(after('Thu, 01 Jan 2026 05:01:00 GMT', 'Thu, 01 Jan 2026 05:00:00 GMT')).toBe(60);
  for (const text of ['soon', '-1e9x', undefined]) expect(after(text)).toBeUndefined();
});
