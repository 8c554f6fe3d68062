import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { engineSources, readHosts } from './engines.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-engines-'));
const file = path.join(folder, 'edge.yaml');
const place = (...addresses: readonly string[]) => ({ site: 'berlin', addresses });
/** An address of whatever machine the tests run on. */
const own = networkInterfaces()['lo']?.[0]?.address ?? '127.0.0.1';
const b1 = place('192.0.2.11');
const b2 = place('192.0.2.12', own);

function hosts(
  wanted: readonly string[],
  nodes: Readonly<Record<string, ReturnType<typeof place>>> = { b1, b2 },
) {
  const named = Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, { name, ...node }]));
  const model = { domain: 'edge.internal', caa: [], sites: {}, nodes: named, services: {} };
  return readHosts(wanted, model, 'edge.yaml').map(({ node, socket }) => `${node} ${socket}`);
}

beforeAll(() => {
  vi.stubEnv('HEDDLE_RUN_DIR', '/run/test');
  const text = { sites: { berlin: { gateway: ['192.0.2.1'] } }, nodes: { b1, b2 } };
  writeFileSync(file, JSON.stringify(text));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a host is named by its node, its socket, both, or is this one', () => {
  expect(hosts(['b1'])).toEqual(['b1 /run/test/node.sock']);
  expect(hosts(['b1=/run/b1.sock', 'b2'])).toEqual(['b1 /run/b1.sock', 'b2 /run/test/node.sock']);
  expect(hosts([''])).toEqual(['b2 /run/test/node.sock']);
  expect(hosts(['/run/own.sock'])).toEqual(['b2 /run/own.sock']);
  expect(hosts(['/run/a=b.sock'])).toEqual(['b2 /run/a=b.sock']);
});

test('each is a source by the name of its node', async () => {
  const sources = await engineSources(['b1=/run/b1.sock', ''], file);
  expect(sources.map(({ name }) => name)).toEqual(['engine b1', 'engine b2']);
});

test.each([
  [['b3'], undefined, 'ERR_EDGE_FILE', /edge.yaml has no node "b3"/],
  [[''], { b1 }, 'ERR_EDGE_FILE', /no node of edge.yaml has an address of this host/],
  [[''], { b1: b2, b2 }, 'ERR_EDGE_FILE', /several nodes of edge.yaml have addresses of this host: b1, b2/],
  [['b1=/a', 'b1=/b'], undefined, 'ERR_USAGE', /--engine names the node "b1" twice/],
  [['b1', 'b2'], undefined, 'ERR_USAGE', /--engine names the socket "\/run\/test\/node.sock" twice/],
])('%s is an error', (wanted, nodes, code, message) =>
  expect(() => hosts(wanted, nodes)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  ),
);
