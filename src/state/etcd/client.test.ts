import { afterEach, beforeEach, expect, test } from 'vitest';
import { answer, EtcdStandIn, refusal } from '../../../test/support/etcd-stand-in.ts';
import { EtcdClient } from './client.ts';
import { get, transaction } from './questions.ts';

let members: EtcdStandIn[];
let client: EtcdClient;
beforeEach(async () => {
  members = await Promise.all([EtcdStandIn.start(), EtcdStandIn.start(), EtcdStandIn.start()]);
  client = new EtcdClient(members.map(({ url }) => url));
});
afterEach(() => {
  client.close();
  for (const member of members) member.close();
});
const commit = transaction([], [{ key: 'a', value: '1', lease: '0' }]);
const noLeader = refusal(503, 14, 'etcdserver: no leader');
const each = () => members.map(({ asked }) => asked.length);
const say = (...those: readonly EtcdStandIn['says'][]) => {
  for (const [index, says] of those.entries()) if (members[index]) members[index].says = says;
};

test('the next member is asked when one is away, and the one that answered first from then on', async () => {
  members[0]?.close();
  say(
    () => 'cut',
    () => 'cut',
    () => answer({ kvs: [] }),
  );
  await client.ask(get('a'), { limit: 2000 });
  await client.ask(get('a'), { limit: 2000 });
  expect(each()).toEqual([0, 1, 2]);
});

test('one that hangs has its share of the time', async () => {
  say(
    () => 'hang',
    () => answer({ kvs: [] }),
  );
  // It fails at its limit, which the one that hangs would use up alone.
  await client.ask(get('a'), { limit: 900 });
});

test('what a member may have done is not asked of another', async () => {
  say(
    () => noLeader,
    () => 'cut',
    () => answer({ succeeded: true }),
  );
  const patience = { limit: 2000, isRepeatable: false };
  await expect(client.ask(commit, patience)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(each()).toEqual([1, 1, 0]);
});

test('what one refuses, all would', async () => {
  say(() => refusal(404, 5, 'etcdserver: requested lease not found'));
  await expect(client.ask(commit, { limit: 2000 })).rejects.toMatchObject({ outcome: 'refused', code: 5 });
  expect(each()).toEqual([1, 0, 0]);
});

test('while there is no leader all are asked again, until one answers or the time is over', async () => {
  const says = () => noLeader;
  say(says, says, () => (members[2]?.asked.length === 2 ? answer({ succeeded: true }) : noLeader));
  expect(await client.ask(commit, { limit: 5000, isRepeatable: false })).toMatchObject({ succeeded: true });
  say(says, says, says);
  const failure = client.ask(commit, { limit: 500, isRepeatable: false });
  await expect(failure).rejects.toMatchObject({ outcome: 'undone' });
  for (const { url } of members)
    await expect(failure).rejects.toThrow(`etcd at ${url}: etcdserver: no leader`);
});

test('once only, where that is asked for', async () => {
  say(...members.map(() => () => noLeader));
  await expect(client.ask(commit, { limit: 5000, insist: false })).rejects.toMatchObject({
    outcome: 'undone',
  });
  expect(each()).toEqual([1, 1, 1]);
});

test.each(['etcd:2379', 'ftp://etcd', 'http://user:secret@etcd:2379', 'http://etcd:2379/v3', ''])(
  '%j is no etcd',
  (url) => {
    expect(() => new EtcdClient([url])).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  },
);

test('certificates are shown to nobody without TLS', () => {
  const open = () => new EtcdClient(['http://etcd:2379'], () => ({}));
  expect(open).toThrow(expect.objectContaining({ code: 'ERR_USAGE', hint: 'write https://HOST:2379' }));
});
