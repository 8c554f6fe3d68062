import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ExecCredentials } from './exec-credentials.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig-schema.ts';
import type { PluginCommand } from './plugin-process.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const exec: ExecEntry = { apiVersion, command: 'login', interactiveMode: 'IfAvailable' };
const cluster: ClusterEntry = {
  server: 'https://api.example.org',
  'certificate-authority-data': 'Y2E=',
  extensions: [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'edge' } }],
};
const granted = (status: object) => JSON.stringify({ apiVersion, kind: 'ExecCredential', status });
const run = vi.fn<(plugin: PluginCommand) => Promise<string>>();
const credentials = (rest: Partial<ExecEntry> = {}) =>
  new ExecCredentials({ ...exec, ...rest }, cluster, 'somebody', run);

beforeEach(() => {
  let count = 0;
  run.mockReset().mockImplementation(async () => granted({ token: `t${++count}` }));
});
afterEach(() => {
  vi.useRealTimers();
});

test('it is run once at a time, however many ask, and once when what it says does not expire', async () => {
  const one = credentials();
  const all = await Promise.all(Array.from({ length: 4 }, () => one.get()));
  expect(all).toEqual(Array(4).fill({ token: 't1' }));
  expect(await one.get()).toEqual({ token: 't1' });
  expect(run).toHaveBeenCalledTimes(1);
});

test('it is run again when what it said has expired', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
  run.mockImplementation(async () =>
    granted({ token: `at ${Date.now()}`, expirationTimestamp: '2026-01-01T00:10:00Z' }),
  );
  const one = credentials();
  const first = await one.get();
  vi.setSystemTime(Date.parse('2026-01-01T00:09:00Z'));
  expect(await one.get()).toBe(first);
  vi.setSystemTime(Date.parse('2026-01-01T00:10:01Z'));
  expect(await one.get()).not.toEqual(first);
});

test('it is run again when what it said is refused, and not without end', async () => {
  const one = credentials();
  const first = await one.get();
  expect(one.refused(first)).toBe(true);
  const second = await one.get();
  expect(second).toEqual({ token: 't2' });
  // Of four that were refused with the first, three come late.
  expect(one.refused(first)).toBe(true);
  expect(one.refused(second)).toBe(false);
  expect(await one.get()).toBe(second);
  expect(run).toHaveBeenCalledTimes(2);
});

test('one that fails is named, and not run again at once', async () => {
  run.mockRejectedValue(new Error('it failed with exit code 1: log in first'));
  const one = credentials({ installHint: 'apt install login' });
  const named = expect.objectContaining({
    code: 'ERR_KUBERNETES',
    message:
      'the exec plugin login of the user "somebody": it failed with exit code 1: log in first (apt install login)',
    hint: 'apt install login',
  });
  await expect(one.get()).rejects.toEqual(named);
  await expect(one.get()).rejects.toEqual(named);
  expect(run).toHaveBeenCalledTimes(1);
});

test('it is told of the cluster when it asks for that, and always that nobody sits here', async () => {
  const info = () => JSON.parse(run.mock.calls.at(-1)?.[0].env['KUBERNETES_EXEC_INFO'] ?? '');
  await credentials().get();
  expect(info()).toEqual({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  await credentials({ provideClusterInfo: true, env: [{ name: 'PROFILE', value: 'edge' }] }).get();
  expect(info().spec.cluster).toEqual({
    server: 'https://api.example.org',
    'certificate-authority-data': 'Y2E=',
    config: { audience: 'edge' },
  });
  expect(run.mock.calls.at(-1)?.[0].env).toMatchObject({ PROFILE: 'edge', PATH: process.env['PATH'] });
});

test('it may answer with a certificate', async () => {
  run.mockResolvedValue(granted({ clientCertificateData: 'CERT', clientKeyData: 'KEY' }));
  expect(await credentials().get()).toEqual({ certificate: 'CERT', key: 'KEY' });
});

test.each([
  ['nothing', '', /no ExecCredential/],
  ['no JSON', 'token', /no ExecCredential/],
  ['another kind', JSON.stringify({ apiVersion, kind: 'Pod', status: {} }), /kind is not as it has to be/],
  [
    'another version',
    granted({ token: 'x' }).replace('/v1', '/v1beta1'),
    /answered with .*v1beta1, and the kubeconfig asks for .*v1$/,
  ],
  ['neither', granted({}), /neither a token nor a certificate/],
  ['half a pair', granted({ clientKeyData: 'KEY' }), /a key without its certificate/],
  ['a time that is none', granted({ token: 'x', expirationTimestamp: 'soon' }), /expirationTimestamp/],
])('an answer with %s is refused', async (_, text, message) => {
  run.mockResolvedValue(text);
  await expect(credentials().get()).rejects.toThrow(message);
});

test.each<[string, Partial<ExecEntry>, RegExp]>([
  [
    'of an old version',
    { apiVersion: 'client.authentication.k8s.io/v1alpha1' },
    /has to be .*v1 or .*v1beta1/,
  ],
  ['that needs a terminal', { interactiveMode: 'Always' }, /interactiveMode: Always/],
])('one %s is not run', async (_, rest, message) => {
  await expect(credentials(rest).get()).rejects.toThrow(message);
  expect(run).not.toHaveBeenCalled();
});
