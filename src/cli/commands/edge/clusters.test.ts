import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { kubernetesSources } from './clusters.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-clusters-'));
const kubeconfig = path.join(folder, 'config');
const contexts = ['admin@berlin', 'arn:aws:eks:eu-1:1:cluster/shop', 'A=b'];

beforeAll(() => {
  vi.stubEnv('KUBECONFIG', kubeconfig);
  const named = contexts.map((name) => ({ name, context: { cluster: 'c', user: 'u' } }));
  const cluster = { name: 'c', cluster: { server: 'https://192.0.2.1:6443' } };
  writeFileSync(
    kubeconfig,
    JSON.stringify({ clusters: [cluster], users: [{ name: 'u', user: {} }], contexts: named }),
  );
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a cluster is named by its context, whatever that holds, with a site before it or not', async () => {
  const named = await kubernetesSources(['berlin=admin@berlin', 'arn:aws:eks:eu-1:1:cluster/shop', 'A=b']);
  expect(named.map(({ name }) => name)).toEqual(contexts.map((context) => `kubernetes ${context}`));
});

test.each([
  [['admin@berlin', 'berlin=admin@berlin'], 'ERR_USAGE', /"admin@berlin" is named twice/],
  [['helsinki'], 'ERR_KUBERNETES', /no context "helsinki"; it has: .*admin@berlin/],
])('%s is an error', async (wanted, code, message) => {
  await expect(kubernetesSources(wanted)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});
