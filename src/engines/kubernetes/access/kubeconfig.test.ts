import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseKubeconfig, readKubeconfig } from './kubeconfig.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'heddle-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const of = (name: string, token: string, server = `https://${name}.example.org`) => `
apiVersion: v1
kind: Config
clusters: [{ name: ${name}, cluster: { server: "${server}" } }]
users: [{ name: ${name}, user: { token: ${token} } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
current-context: ${name}
`;
const write = (name: string, text: string) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

test('of several files the first that has a name has it, and one that is not there is passed over', () => {
  const one = write('one', of('east', 'first'));
  const two = write('two', `${of('east', 'second')}`);
  const three = write('three', of('west', 'third'));
  const files = ['', one, path.join(folder, 'none'), two, three].join(path.delimiter);
  const { users, contexts } = readKubeconfig({ KUBECONFIG: files });
  expect(users.get('east')?.token).toBe('first');
  expect([...contexts.keys()].sort()).toEqual(['east', 'west']);
});

test('a file that is named alone has to be there', () => {
  expect(() => readKubeconfig({ KUBECONFIG: path.join(folder, 'none') })).toThrow(/cannot be read: ENOENT/);
});

test('without KUBECONFIG it is the one at home, or none', () => {
  write('.kube/config', of('home', 'x'));
  expect(readKubeconfig({ HOME: folder }).users.get('home')?.token).toBe('x');
  expect(readKubeconfig({ HOME: path.join(folder, 'nowhere') }).contexts.size).toBe(0);
});

test('paths are those beside the file, and a command with a slash is as well', () => {
  const file = write(
    'sub/config',
    JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: 'https://a', 'certificate-authority': 'ca.crt' } }],
      users: [
        { name: 'token', user: { tokenFile: 'tok' } },
        { name: 'cert', user: { 'client-certificate': './c.crt', 'client-key': '/abs/c.key' } },
        { name: 'beside', user: { exec: { command: './bin/login', apiVersion: 'v1' } } },
        { name: 'on the path', user: { exec: { command: 'login' } } },
      ],
      contexts: null,
    }),
  );
  const sub = path.dirname(file);
  const { clusters, users } = readKubeconfig({ KUBECONFIG: file });
  expect(clusters.get('a')?.['certificate-authority']).toBe(`${sub}/ca.crt`);
  expect(users.get('token')?.tokenFile).toBe(`${sub}/tok`);
  expect(users.get('cert')).toMatchObject({
    'client-certificate': `${sub}/c.crt`,
    'client-key': '/abs/c.key',
  });
  expect(users.get('beside')?.exec?.command).toBe(`${sub}/bin/login`);
  expect(users.get('on the path')?.exec?.command).toBe('login');
});

test.each([
  ['clusters: [', /^config:\d+:\d+: the kubeconfig cannot be read: /],
  [
    'users:\n  - name: a\n    user: { exec: { command: 7 } }',
    /^config:3:\d+: .*exec\.command has to be a text, not 7/,
  ],
  ['clusters: { a: b }', /^config:1:\d+: .*clusters has to be a list/],
])('%j is wrong, and the place is said', (text, message) => {
  expect(() => parseKubeconfig(text, 'config')).toThrow(message);
});

test('what is not whole matters to nobody who does not use it', () => {
  const { contexts } = parseKubeconfig(
    'contexts: [{ name: a, context: { user: x } }, { name: b }]',
    'config',
  );
  expect([...contexts.keys()]).toEqual(['b', 'a']);
});

test('an empty file has nothing', () => {
  expect(parseKubeconfig('', 'config').contexts.size).toBe(0);
});
