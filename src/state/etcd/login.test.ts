import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { answer, EtcdStandIn, refusal } from '../../../test/support/etcd-stand-in.ts';
import { EtcdClient } from './client.ts';
import { Login, readPassword } from './login.ts';
import { get, transaction } from './questions.ts';

/** A member that knows one user, and forgets who has come. */
let member: EtcdStandIn;
let client: EtcdClient;
let password: string;
let known: string | undefined;
let given: number;
const folder = mkdtempSync(path.join(tmpdir(), 'heddle-login-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(async () => {
  member = await EtcdStandIn.start();
  [password, known, given] = ['secret', undefined, 0];
  member.says = (asked, question, token) => {
    if (asked === 'auth/authenticate') {
      const said = JSON.parse(question) as { name: string; password: string };
      if (said.name !== 'heddle' || said.password !== 'secret')
        return refusal(400, 3, 'etcdserver: authentication failed, invalid user ID or password');
      known = `token.${++given}`;
      return answer({ token: known });
    }
    if (token === undefined) return refusal(400, 3, 'etcdserver: user name is empty');
    return token === known ? answer({}) : refusal(401, 16, 'etcdserver: invalid auth token');
  };
  client = new EtcdClient([member.url], undefined, new Login(() => ({ user: 'heddle', password })));
});
afterEach(() => {
  client.close();
  member.close();
});
const patience = { limit: 2000, isRepeatable: false };
const commit = transaction([], [{ key: 'a', value: '1', lease: '0' }]);

test('a token is asked for once, however many ask at once, and again when it is good no more', async () => {
  const many = () => Promise.all(Array.from({ length: 10 }, () => client.ask(get('a'), patience)));
  await many();
  expect(given).toBe(1);
  known = 'forgotten';
  await many();
  expect(given).toBe(2);
  known = 'forgotten';
  // What was refused for it was not done.
  await client.ask(commit, patience);
  expect(member.asked.slice(-3)).toEqual(['kv/txn', 'auth/authenticate', 'kv/txn']);
});

test('a password that is not right is refused, and read anew', async () => {
  password = 'wrong';
  const refused = client.ask(commit, patience);
  await expect(refused).rejects.toMatchObject({
    outcome: 'refused',
    message: expect.stringMatching(/^etcd at http.*invalid user ID or password$/),
  });
  await expect(refused).rejects.toThrow(expect.not.stringContaining('wrong'));
  password = 'secret';
  await client.ask(commit, patience);
});

test('nothing was done when nobody answers who one is', async () => {
  member.says = () => 'cut';
  await expect(client.ask(commit, { ...patience, limit: 300 })).rejects.toMatchObject({ outcome: 'undone' });
  expect(new Set(member.asked)).toEqual(new Set(['auth/authenticate']));
});

test('an etcd that knows no users is asked without', async () => {
  const { says } = member;
  member.says = (asked, _question, token) =>
    asked === 'auth/authenticate'
      ? refusal(400, 9, 'etcdserver: authentication is not enabled')
      : token === undefined
        ? answer({})
        : refusal(401, 16, 'etcdserver: invalid auth token');
  await client.ask(get('a'), patience);
  // From now on it does.
  member.says = says;
  await client.ask(get('a'), patience);
  expect(given).toBe(1);
});

test('a password is the first line of its file', () => {
  const file = path.join(folder, 'password');
  for (const [text, read] of [
    ['secret', 'secret'],
    [' se cret \n', ' se cret '],
    ['secret\r\nnote\n', 'secret'],
  ] as const) {
    writeFileSync(file, text);
    expect(readPassword(file)).toBe(read);
  }
  for (const text of ['', '\nsecret', 'x'.repeat(73)]) {
    writeFileSync(file, text);
    expect(() => readPassword(file)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  }
  expect(() => readPassword(`${file}s`)).toThrow(expect.objectContaining({ code: 'ERR_FILE_NOT_FOUND' }));
});
