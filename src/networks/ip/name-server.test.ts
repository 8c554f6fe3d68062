import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NameServer } from './name-server.ts';
import type { IpEndpoint, IpNetwork } from './settle.ts';

const network = {
  id: 'abcdefabcdef',
  name: 'lab',
  labels: {},
  options: { subnets: [], names: true },
} as unknown as IpNetwork;
const endpoint = { id: 'fedcbafedcba', name: 'web', network: 'lab' } as unknown as IpEndpoint;

test('an endpoint leaves a name server of which nothing is there, as after a restart of the host', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-names-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const server = new NameServer(path.join(folder, 'lab'));
  await server.delete(endpoint, network);
  await server.remove(network);
  expect(server.isCurrent(network)).toBe(false);
});
