import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doorProgram, heddleLinks } from '../../support/cni.ts';
import { Containerd } from '../../support/containerd.ts';
import { answered, makeNamespace, removeNamespaces } from '../../support/endpoints.ts';
import { TestHost } from '../../support/host.ts';
import { root } from '../../support/installed.ts';
import { until } from '../../support/until.ts';

const image = 'localhost/heddle-test/tiny';
const configuration = {
  cniVersion: '1.0.0',
  name: 'lab',
  plugins: [
    { type: 'heddle', archetype: 'ip', options: { subnets: [{ subnet: '10.97.2.0/24' }] } },
    { type: 'tuning', sysctl: { 'net.ipv4.conf.all.log_martians': '1' } },
  ],
};

describe('containerd', () => {
  const host = new TestHost();
  const socket = path.join(host.runDir, 'node.sock');
  const containerd = new Containerd(path.join(host.folder, 'containerd'), configuration, {
    HEDDLE_SOCKET: socket,
  });

  beforeAll(async () => {
    host.start('node');
    await until('the node answers', async () => (await host.nodePid()) > 0);
    copyFileSync(doorProgram, `${containerd.plugins}/heddle`);
    copyFileSync(path.join(root, '.cache/tools/tuning'), `${containerd.plugins}/tuning`);
    await containerd.start();
    containerd.load(image);
  });
  afterAll(async () => {
    removeNamespaces();
    await containerd.stop();
    await host.remove();
  });

  test('adds its containers to a network of Heddle, and takes them away', async () => {
    const run = (...command: string[]) =>
      containerd.ctr('run', '--rm', '--cni', `${image}:latest`, 'one', ...command);
    expect(run('cat', '/proc/sys/net/ipv4/conf/all/log_martians')).toBe('1');
    makeNamespace('beside');
    await host.ok('endpoint', 'create', 'lab', 'beside', '--namespace', 'beside', '--ip', '10.97.2.9');
    expect(run('ping', '-c', '1', '-W', '2', '10.97.2.9')).toContain('1 received');
    expect(await answered('beside', '10.97.2.1')).toBe(3);
    expect(JSON.parse(await host.ok('endpoint', 'ls', 'lab', '--format', 'json'))).toHaveLength(1);
    await host.ok('endpoint', 'rm', 'lab', 'beside');
    await host.ok('net', 'rm', 'lab');
    expect(heddleLinks()).toEqual([]);
  });
});
