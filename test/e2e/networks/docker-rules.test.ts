import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Dockerd } from '../../support/dockerd.ts';
import { answered, makeNamespace, reaches, removeNamespaces } from '../../support/endpoints.ts';
import { Networks } from '../../support/networks.ts';

const ip = (...args: readonly string[]) => execFileSync('ip', args, { encoding: 'utf8' });

let dockerd: Dockerd;
let networks: Networks;
let folder: string;

const rules = () => inside('iptables', '-S', 'DOCKER-USER');

function inside(program: string, ...args: readonly string[]): string {
  const [enter, all] = dockerd.inside(program, ...args);
  return execFileSync(enter, all, { encoding: 'utf8' });
}

beforeAll(async () => {
  dockerd = new Dockerd();
  await dockerd.start();
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-docker-'));
  chmodSync(folder, 0o755);
  // As Docker sets it itself where this host did not forward before it came.
  inside('iptables', '-P', 'FORWARD', 'DROP');
  // Somebody outside of the host that Docker and Heddle share.
  makeNamespace('outside');
  inside('ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'outside');
  inside('ip', 'address', 'add', '192.0.2.1/24', 'dev', 'up0');
  inside('ip', 'link', 'set', 'up0', 'up');
  ip('-n', 'outside', 'address', 'add', '192.0.2.2/24', 'dev', 'eth0');
  ip('-n', 'outside', 'link', 'set', 'eth0', 'up');
  networks = new Networks(folder, { namespace: dockerd.namespace, uplink: '' });
  await networks.start();
  await networks.tell({ network: { name: 'lab', archetype: 'ip' } });
  for (const name of ['a', 'b'])
    await networks.tell({
      endpoint: {
        name,
        attachment: { kind: 'namespace', path: makeNamespace(name), interface: 'eth0' },
        options: name === 'b' ? { ports: [{ port: 80, published: 18080 }] } : {},
      },
      of: 'lab',
      archetype: 'ip',
    });
});

afterAll(async () => {
  await networks.kill();
  await dockerd.stop();
  removeNamespaces();
  rmSync(folder, { recursive: true });
});

test('networks have their way out and their published ports beside Docker, which drops what is forwarded', async () => {
  expect(await answered('a', '10.160.0.3')).toBe(3);
  expect(await answered('a', '192.0.2.2')).toBe(3);
  const serve = [
    '-e',
    'require("net").createServer((s)=>s.end("hello")).listen(80,()=>console.log("ready"))',
  ];
  const server = spawn('nsenter', ['--net=/run/netns/b', '--', process.execPath, ...serve]);
  await new Promise((resolve) => server.stdout.once('data', resolve));
  const ask = ['-e', 'require("net").connect(18080,"192.0.2.1").pipe(process.stdout)'];
  const args = ['--net=/run/netns/outside', '--', process.execPath, ...ask];
  expect(execFileSync('nsenter', args, { encoding: 'utf8', timeout: 5000 })).toBe('hello');
  server.kill('SIGKILL');
});

test('what somebody took away is back at the next look, and is gone with the last network', async () => {
  inside('iptables', '-F', 'DOCKER-USER');
  expect(await reaches('a', '192.0.2.2')).toBe(false);
  await networks.kill();
  await networks.start();
  expect(await answered('a', '192.0.2.2')).toBe(3);
  expect(rules().match(/--comment heddle/g)).toHaveLength(5);
  for (const name of ['a', 'b']) await networks.tell({ remove: name, of: 'lab', archetype: 'ip' });
  await networks.tell({ remove: 'lab', archetype: 'ip' });
  expect(rules()).not.toContain('heddle');
});
