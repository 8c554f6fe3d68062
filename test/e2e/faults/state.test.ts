import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerStatus } from '../../../src/api/messages.ts';
import { expectError } from '../../support/expect-error.ts';
import { TestHost } from '../../support/host.ts';
import { tiny } from '../../support/tiny.ts';

describe('a full disk', () => {
  const host = new TestHost();
  const disk = path.join(host.folder, 'state');
  const filling = path.join(disk, 'filling');
  let project: string[];
  beforeAll(() => {
    mkdirSync(disk, { recursive: true });
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', disk]);
    if (mounted.status !== 0) throw new Error(String(mounted.stderr));
  });
  afterAll(async () => {
    rmSync(filling, { force: true });
    await host.heddle('down', '-p', 'insfull', '--volumes');
    await host.stopNode();
    spawnSync('umount', ['--lazy', disk]);
    await host.remove();
  });
  const text = (features: string) =>
    `services: { web: { ${tiny}, init: true, x-heddle: { manage: { ${features} } } } }`;
  const fill = () => spawnSync('dd', ['if=/dev/zero', `of=${filling}`, 'bs=4096']);
  const names = async () =>
    (await host.json<ContainerStatus[]>('ps', ...project)).map(({ name }) => name).sort();

  test('ends an operation with a clear error, and nothing that was there is lost', async () => {
    project = host.project('insfull', text('flows: true'));
    await host.ok('up', ...project);
    const before = await names();
    fill();
    host.project('insfull', text('flows: true, snmp: true'));
    expect(expectError(await host.heddle('up', ...project), 'ERR_DISK_FULL')).toContain(disk);
    expect(await names()).toEqual(before);
    const state = await host.json<ContainerStatus[]>('ps', ...project);
    expect(state.every((container) => container.state === 'running')).toBe(true);
  });

  test('lets a node start that was killed, once there is space, and it knows what it knew', async () => {
    await host.killNode();
    await host.heddle('up', ...project);
    rmSync(filling);
    await host.ok('up', ...project);
    expect(await names()).toContain('insfull-web-1.snmp.agent');
    expect(await host.json('plan', ...project)).toEqual([]);
  });
});

interface Stored {
  readonly version: number;
  readonly value: unknown;
}

/** Changes what is stored of the one application. */
function rewrite(file: string, change: (record: Stored) => unknown): void {
  const db = new DatabaseSync(file);
  const row = db.prepare("SELECT value FROM state WHERE key LIKE 'applications/%'").get();
  const record = change(JSON.parse(String(row?.value)) as Stored);
  db.prepare("UPDATE state SET value = ? WHERE key LIKE 'applications/%'").run(JSON.stringify(record));
  db.close();
}

describe('state that is damaged', () => {
  const host = new TestHost();
  const file = path.join(host.stateDir, 'state.db');
  const backup = path.join(host.folder, 'backup.db');
  let project: string[];
  const running = () => host.podman('ps', '--format', '{{.Names}}').split('\n');
  beforeAll(async () => {
    project = host.project(
      'insstate',
      `services: { web: { ${tiny}, init: true, x-heddle: { manage: { flows: true } } } }`,
    );
    await host.ok('up', ...project);
    // Stopped in order, so that one file has everything.
    await host.stopNode();
    copyFileSync(file, backup);
  });
  afterAll(() => host.remove());

  test.each([
    ['is no database', () => writeFileSync(file, 'x'.repeat(20_000))],
    ['has a page overwritten', () => writeFileSync(file, readFileSync(backup).fill(0xa5, 4096))],
    ['is empty', () => writeFileSync(file, '')],
  ])('stops the node, which names the file, when it %s', async (_, damage) => {
    damage();
    const said = expectError(await host.heddle('up', ...project), 'ERR_STATE');
    expect(said).toContain(file);
    // Not touched: somebody may still get something out of it. And what runs goes on.
    expect(running()).toEqual(expect.arrayContaining(['insstate-web-1', 'insstate-web-1.flows.probe']));
  });

  test.each([
    ['a later Heddle wrote', 'ERR_STATE_NEWER', (record: Stored) => ({ ...record, version: 99 })],
    ['somebody has mangled', 'ERR_STATE', ({ version }: Stored) => ({ version, value: { spec: 'lost' } })],
  ])(
    'leaves an application alone whose record %s, and says so, until its file is brought up again',
    async (_, code, change) => {
      for (const ending of ['-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
      copyFileSync(backup, file);
      rewrite(file, change);
      expect(expectError(await host.heddle('restart', '-p', 'insstate'), code)).toContain('insstate');
      expect(host.nodeLog()).toContain(code);
      expect(running()).toEqual(expect.arrayContaining(['insstate-web-1', 'insstate-web-1.flows.probe']));
      expect(await host.ok('up', ...project)).toBe('');
      await host.ok('restart', '-p', 'insstate');
      await host.stopNode();
    },
  );

  test('can be put back from a backup, or begun afresh, with the same application', async () => {
    copyFileSync(backup, file);
    expect(await host.ok('up', ...project)).toBe('');
    expect(await host.json('plan', ...project)).toEqual([]);
    await host.killNode();
    rmSync(file);
    rmSync(`${file}-wal`, { force: true });
    const before = host.podman('inspect', 'insstate-web-1', '--format', '{{.Id}}');
    await host.ok('up', ...project);
    expect(host.podman('inspect', 'insstate-web-1', '--format', '{{.Id}}')).toBe(before);
  });
});
