import { afterEach, beforeEach, expect, test } from 'vitest';
import { answer, EtcdStandIn, refusal, type Said } from '../../../test/support/etcd-stand-in.ts';
import { until } from '../../../test/support/until.ts';
import { EtcdClient } from './client.ts';
import { Entries } from './entries.ts';
import { encode } from './keys.ts';
import { Mirror } from './mirror.ts';

const base = '/heddle/entries/';
let member: EtcdStandIn;
let client: EtcdClient;
let stop: AbortController;
let mirror: Mirror;
beforeEach(async () => {
  member = await EtcdStandIn.start();
  client = new EtcdClient([member.url]);
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  client.close();
  member.close();
});
const follow = () => {
  mirror = new Mirror(client, new Entries(client, base), base, stop.signal);
};
const listing = (revision: number, value: string): Said =>
  answer({
    header: { revision: `${revision}` },
    kvs: [{ key: encode(`${base}a`), value: encode(value), mod_revision: `${revision}` }],
  });
const known = () => mirror.known.get('a')?.value;

test('a state that was set back to a backup is another one', async () => {
  let listed = listing(50, '1');
  const later = refusal(400, 11, 'etcdserver: mvcc: required revision is a future revision');
  member.says = (path, question) => {
    if (path === 'watch') return 'cut';
    return listed !== first && question.includes('"revision":"50"') ? later : listed;
  };
  const first = listed;
  follow();
  await until('it is known', () => known() === 1);
  listed = listing(10, '2');
  await until('it is known', () => known() === 2);
  expect(mirror.known.revision).toBe(10);
});

test('nobody waits longer than for one look where there is nobody', async () => {
  member.says = () => refusal(503, 14, 'etcdserver: no leader');
  follow();
  await mirror.begun;
  expect(mirror.isLost).toBe(true);
  expect(mirror.problem).toContain('no leader');
  expect(mirror.known.revision).toBeUndefined();
});
