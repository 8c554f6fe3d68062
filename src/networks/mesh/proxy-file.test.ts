import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MeshAuthority } from './authority.ts';
import { proxyFile } from './proxy-file.ts';
import type { SidecarPlan } from './sidecar-plan.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plan: SidecarPlan = {
  id: 'a1b2c3d4e5f6',
  name: 'web',
  namespace: { path: '/run/netns/web' },
  interface: 'eth0',
  addresses: ['10.1.0.2', 'fd01::2'],
  subnets: [],
  hosts: [],
  udp: 'refused',
};
const files = {
  own: path.join(folder, 'own.pem'),
  authorities: path.join(folder, 'authorities.pem'),
  socket: path.join(folder, 'socket'),
};

test('HAProxy understands it, and says nothing against it', async () => {
  const authority = await MeshAuthority.in(folder, 'lab');
  writeFileSync(files.own, await authority.certify('web', plan.addresses, undefined));
  writeFileSync(files.authorities, authority.certificate);
  const file = path.join(folder, 'haproxy.cfg');
  writeFileSync(file, proxyFile(plan, files));
  expect(execFileSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' })).toContain('is valid');
});

test('both ends prove who they are, by TLS 1.3, and no session is taken up without', () => {
  const text = proxyFile(plan, files);
  expect(text.match(/ssl crt \S+ ca-file \S+ verify required ssl-min-ver TLSv1\.3/g)).toHaveLength(3);
  expect(text).toContain('no-ssl-reuse');
});
