import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Cluster } from './cluster.ts';
import { connectCluster } from './connect.ts';
import { ApiServerStandIn } from './stand-in.ts';

const services = '/api/v1/services';
/** For what is silent; long enough for one that speaks on a busy machine. */
const brief = { connect: 2000, answer: 1500, whole: 3000, watch: 1000, late: 200 };
const forEver = AbortSignal.timeout(600_000);

let folder: string;
let server: ApiServerStandIn;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-cluster-'));
  server = await ApiServerStandIn.start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const file = (name: string) => path.join(folder, name);
async function as(user: object, timeouts?: typeof brief): Promise<Cluster> {
  writeFileSync(file('config'), server.kubeconfig('here', user));
  return connectCluster('here', { KUBECONFIG: file('config') }, timeouts);
}
const list = (cluster: Cluster) => cluster.list(services, forEver);
/** A plugin beside the kubeconfig that answers with the token in a file, and counts its runs. */
function plugin(): object {
  const answer =
    '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}';
  writeFileSync(
    file('login'),
    `#!/bin/sh\necho run >> ${file('runs')}\nprintf '${answer}' "$(cat ${file('token')})"\n`,
  );
  chmodSync(file('login'), 0o755);
  const apiVersion = 'client.authentication.k8s.io/v1';
  return { exec: { apiVersion, command: './login', interactiveMode: 'Never' } };
}
const runs = () => readFileSync(file('runs'), 'utf8').trim().split('\n').length;

test('the token of a file is shown, the new one as soon as it is there, the last one while it is gone', async () => {
  server.tokens = new Set(['one']);
  writeFileSync(file('tok'), 'one\n');
  const cluster = await as({ tokenFile: 'tok' });
  await list(cluster);
  server.tokens = new Set(['two']);
  await expect(list(cluster)).rejects.toMatchObject({ status: 401 });
  writeFileSync(file('tok'), 'two\n');
  await list(cluster);
  rmSync(file('tok'));
  await list(cluster);
});

test('a token file that there is not is named', async () => {
  await expect(list(await as({ tokenFile: 'tok' }))).rejects.toThrow(/^the token cannot be read: ENOENT/);
});

test('a plugin is run once for all who ask, and again when its token is revoked', async () => {
  server.tokens = new Set(['one']);
  writeFileSync(file('token'), 'one');
  const cluster = await as(plugin());
  await Promise.all([1, 2, 3, 4].map(() => list(cluster)));
  expect(runs()).toBe(1);
  server.tokens = new Set(['two']);
  writeFileSync(file('token'), 'two');
  await Promise.all([1, 2, 3, 4].map(() => list(cluster)));
  expect(runs()).toBe(2);
});

test('who asks the same server as the same user twice runs a plugin once', async () => {
  writeFileSync(file('token'), 'one');
  const [one, other] = [await as(plugin()), await as(plugin())];
  await Promise.all([list(one), list(other)]);
  expect(runs()).toBe(1);
});

test('who does not wait for a plugin is told that it is that', async () => {
  writeFileSync(file('login'), '#!/bin/sh\nexec sleep 600\n');
  chmodSync(file('login'), 0o755);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './login' };
  const cluster = await as({ exec });
  await expect(cluster.ask('GET', services, undefined, AbortSignal.timeout(100))).rejects.toThrow(
    `who asks is not known yet: the exec plugin ${file('login')} has not answered`,
  );
});

test('a server that accepts and says nothing is named, and so is a watch that died', async () => {
  const cluster = await as({}, brief);
  const { resourceVersion } = await list(cluster);
  const events = await cluster.watch(services, resourceVersion, forEver);
  server.isSilent = true;
  const watched = (async () => {
    for await (const _ of events);
  })();
  await Promise.all([
    expect(list(cluster)).rejects.toThrow(/^http:\/\/127.* did not answer within 1.5 s$/),
    expect(watched).rejects.toThrow(/said nothing for 1 s: the connection is dead$/),
  ]);
});

test('who has only so much time is told that it was too little', async () => {
  const cluster = await as({});
  server.isSilent = true;
  await expect(cluster.ask('GET', services, undefined, AbortSignal.timeout(50))).rejects.toThrow(
    /^http:\S+ did not answer in time$/,
  );
});

test('a server that is not there, and one that cuts, are named', async () => {
  const cluster = await as({});
  await server.close();
  await expect(list(cluster)).rejects.toThrow(/^http:\S+ cannot be reached: connect ECONNREFUSED/);
  const cutting = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => cutting.listen(server.port, '127.0.0.1', resolve));
  await expect(list(cluster)).rejects.toThrow(/^the connection to http:\S+ was cut$/);
  await new Promise((resolve) => cutting.close(resolve));
});

test('who asks as somebody else says so', async () => {
  const seen = vi.fn();
  const listening = (await import('node:http')).createServer((request, response) => {
    seen(request.rawHeaders);
    response.end('{"metadata":{"resourceVersion":"1"},"items":[]}');
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as { port: number };
  const user = { username: 'me', password: 'x', as: 'you', 'as-groups': ['a', 'b'] };
  writeFileSync(file('config'), server.kubeconfig('here', user).replace(/:\d+"/, `:${port}"`));
  await list(await connectCluster('here', { KUBECONFIG: file('config') }));
  const headers = seen.mock.calls[0]?.[0] as string[];
  const of = (name: string) => headers.flatMap((one, index) => (one === name ? [headers[index + 1]] : []));
  expect(of('Authorization')).toEqual([`Basic ${btoa('me:x')}`]);
  expect(of('Impersonate-User')).toEqual(['you']);
  expect(of('Impersonate-Group')).toEqual(['a', 'b']);
  await new Promise((resolve) => listening.close(resolve));
});

test.each([
  [
    'names a cluster that there is not',
    { clusters: [] },
    /names the cluster "here", which the kubeconfig does not/,
  ],
  ['names a user that there is not', { users: [] }, /names the user "here", which the kubeconfig does not/],
  ['has no server', { clusters: [{ name: 'here', cluster: {} }] }, /has the server "": expected https:/],
])('a context that %s is an error', async (_, rest, message) => {
  writeFileSync(file('config'), JSON.stringify({ ...JSON.parse(server.kubeconfig('here')), ...rest }));
  await expect(connectCluster('here', { KUBECONFIG: file('config') })).rejects.toThrow(message);
});
