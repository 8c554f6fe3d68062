import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runningListeners } from './running-listeners.ts';

const proc = mkdtempSync(path.join(tmpdir(), 'heddle-proc-'));
afterAll(() => rmSync(proc, { recursive: true, force: true }));

const socket = '/run/docker/plugins/heddle.sock';
const node = '/run/heddle/node.sock';
const one = {
  comm: 'heddle-door',
  args: ['docker', socket],
  env: ['PATH=/bin', `HEDDLE_SOCKET=${node}`],
  namespace: '1',
  parent: 1,
};

function show(pid: string, { comm, args, env, namespace, parent }: typeof one): void {
  const folder = path.join(proc, pid);
  mkdirSync(path.join(folder, 'ns'), { recursive: true });
  writeFileSync(path.join(folder, 'comm'), `${comm}\n`);
  writeFileSync(path.join(folder, 'cmdline'), [`/usr/lib/${comm}`, ...args, ''].join('\0'));
  writeFileSync(path.join(folder, 'stat'), `${pid} (a) b) S ${parent} 0`);
  writeFileSync(path.join(folder, 'environ'), [...env, ''].join('\0'));
  symlinkSync(`pid:[${namespace}]`, path.join(folder, 'ns/pid'));
}

test('a listener is found by what it is, and nothing else for one', () => {
  show('self', { ...one, comm: 'node' });
  show('20', one);
  show('21', { ...one, comm: 'sh' });
  show('22', { ...one, args: ['docker', '/elsewhere.sock'] });
  show('23', { ...one, args: ['create'] });
  show('24', { ...one, env: ['HEDDLE_SOCKET=/elsewhere.sock'] });
  show('25', { ...one, namespace: '2' });
  mkdirSync(path.join(proc, '26'));
  show('27', one);
  show('28', { ...one, parent: 27 });
  expect(runningListeners(socket, node, proc)).toEqual([20, 27]);
});
