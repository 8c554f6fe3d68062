import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EtcdStandIn } from '../../../test/support/etcd-stand-in.ts';
import { tries } from '../../../test/support/tries.ts';
import { HeddleError } from '../../lib/errors.ts';
import { EtcdClient } from './client.ts';
import { Commits } from './commits.ts';
import { Entries } from './entries.ts';
import { EtcdFailure } from './failure.ts';
import { follow } from './follow.ts';
import { Login } from './login.ts';
import { get } from './questions.ts';

let member: EtcdStandIn;
let client: EtcdClient;
beforeAll(async () => {
  member = await EtcdStandIn.start();
  client = new EtcdClient([member.url]);
});
afterAll(() => {
  client.close();
  member.close();
});

const base = '/heddle/';
const key = Buffer.from(`${base}a`).toString('base64');
const kv = { key, value: 'MQ==', mod_revision: '7', create_revision: '7', version: '1' };
const header = { cluster_id: '1', member_id: '2', revision: '9', raft_term: '3' };
/** What etcd would answer. */
const right: Readonly<Record<string, unknown>> = {
  'auth/authenticate': { header, token: 'EKYkPgzpXPnBkrkJ.14' },
  'kv/range': { header, kvs: [kv], count: '1' },
  'kv/txn': { header, succeeded: false, responses: [{ response_range: { header, kvs: [kv] } }] },
  'lease/grant': { header, ID: '123', TTL: '60' },
  'lease/keepalive': { result: { header, ID: '123', TTL: '60' } },
  watch: {
    result: {
      header,
      created: true,
      events: [
        { type: 'PUT', kv },
        { type: 'DELETE', kv },
      ],
    },
  },
};

/** A value in which one place is another; or a text that is cut, or none at all. */
const spoilt = (value: unknown) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.nat(30), fc.jsonValue())
        .map(([at, other]) => JSON.stringify(replaced(value, { at }, other))),
    },
    { weight: 1, arbitrary: fc.nat(200).map((length) => JSON.stringify(value).slice(0, length)) },
    { weight: 1, arbitrary: fc.string() },
  );

function replaced(value: unknown, count: { at: number }, other: unknown): unknown {
  if (count.at-- === 0) return other;
  if (Array.isArray(value)) return value.map((one) => replaced(one, count, other));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replaced(one, count, other)]));
}

const answers = fc.record(
  Object.fromEntries(Object.entries(right).map(([path, value]) => [path, spoilt(value)])),
);
const status = fc.constantFrom(200, 200, 200, 400, 404, 503);

test('whatever a member answers, there is a result of the right kind or a typed error', async () => {
  const entries = new Entries(client, base);
  const once = { limit: 1000, insist: false };
  const isNumber = (value: unknown) => value === undefined || Number.isSafeInteger(value);
  await fc.assert(
    fc.asyncProperty(answers, status, async (texts, code) => {
      // A page says that there is more only once: a member that always says so would never end.
      member.says = (path) => ({ status: code, text: `${texts[path]}` });
      const works: (() => Promise<unknown>)[] = [
        async () => expect(isNumber((await entries.get('a', once))?.revision)).toBe(true),
        async () => {
          const user = new EtcdClient(
            [member.url],
            undefined,
            new Login(() => ({ user: 'u', password: 'p' })),
          );
          const asked = user.ask(get(`${base}a`), once).finally(() => user.close());
          expect(isNumber((await asked).header.revision)).toBe(true);
        },
        async () => expect(isNumber((await entries.list('', once)).revision)).toBe(true),
        async () => {
          const commits = new Commits(client, '/commits/', 5);
          const seen = [{ key: `${base}a`, revision: 7 }];
          const made = commits.make(seen, [{ key: `${base}a` }], false).finally(() => commits.close());
          expect(isNumber(await made)).toBe(true);
        },
        async () => {
          const stop = new AbortController();
          const broken = async () => stop.abort();
          for await (const changes of follow(client, {
            prefix: base,
            base,
            after: 6,
            signal: stop.signal,
            broken,
          }))
            expect(changes.every(({ revision }) => isNumber(revision))).toBe(true);
        },
      ];
      for (const work of works) {
        await work().catch((error) => {
          if (!(error instanceof EtcdFailure) && !(error instanceof HeddleError)) throw error;
        });
      }
    }),
    tries(600, 50),
  );
});
