import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { askProgram, silenceOf } from './ask-door.ts';
import { judgeDoors } from './doors.ts';
import { addressIn, cniNaming, type FoundDoor } from './found-doors.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'heddle-doors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};

const cni: FoundDoor = { door: 'cni', file: '/opt/cni/bin/heddle', state: 'closed', namedBy: [] };
const named = { ...cni, namedBy: ['/etc/cni/net.d/10-lab.conflist'] };
const docker: FoundDoor = { door: 'docker', file: '/run/x.sock', state: 'open', namedBy: [] };

test.each([
  ['none is open', cni, 'ok', /none is open/],
  ['one is not Heddle’s, and nobody wants it', { ...cni, state: 'other' }, 'ok', /none is open/],
  ['one is named, and not there', named, 'error', /10-lab.conflist names Heddle, and there is nothing at/],
  ['one is named, and not Heddle’s', { ...named, state: 'other' }, 'error', /is not Heddle’s/],
  ['one is open', { ...cni, state: 'open' }, 'ok', /answers at .*; no configuration in/],
  ['one is open and named', { ...named, state: 'open' }, 'ok', /answers at .*, which .*10-lab/],
  ['one is old', { ...named, state: 'of another version' }, 'warning', /another version/],
  [
    'one is open, and the node is away',
    { ...cni, state: 'open', silent: 'no node' },
    'error',
    /not answered: no node/,
  ],
  ['Docker’s is open', docker, 'ok', /answers at \/run\/x.sock$/],
  ['nobody listens for Docker', { ...docker, silent: 'connect ECONNREFUSED' }, 'error', /ECONNREFUSED/],
] as const)('it is said that %s', (_, found, status, what) => {
  const [finding] = judgeDoors([found]);
  expect(finding).toMatchObject({ check: 'doors', status, what: expect.stringMatching(what) });
  expect(finding?.remedy === null).toBe(status === 'ok');
});

test('configurations of CNI that start Heddle’s plugin are found, whatever else is there', () => {
  write('20-b.conflist', '{"plugins":[{"type":"tuning"},{"type":"heddle"}]}');
  write('10-a.conf', '{"type":"heddle"}');
  write('30-c.conflist', '{"plugins":[{"type":"bridge"}]}');
  write('40-d.conflist', '{"plugins":7}');
  for (const [index, text] of ['null', '[]', '{', '"heddle"'].entries()) write(`5${index}.json`, text);
  write('readme', '{"type":"heddle"}');
  expect(cniNaming(folder)).toEqual(['10-a.conf', '20-b.conflist'].map((name) => path.join(folder, name)));
  expect(cniNaming('/nowhere')).toEqual([]);
});

test('Docker is told of a socket in either form', () => {
  expect(addressIn(write('a.spec', 'unix:///run/x.sock\n'))).toBe('/run/x.sock');
  expect(addressIn(write('b.json', '{"Name":"heddle","Addr":"unix:///run/x.sock"}'))).toBe('/run/x.sock');
  expect(addressIn(write('c.spec', 'tcp://192.0.2.1:80'))).toBeUndefined();
});

test('each door’s word for what is wrong is known', () => {
  expect(silenceOf('{"cniVersion":"1.0.0","code":11,"msg":"no node"}')).toBe('no node');
  expect(silenceOf('{"error":"no node"}\n')).toBe('no node');
  expect(silenceOf('{"Err":"no node","Error":"no node"}')).toBe('no node');
  expect(silenceOf('{"supportedVersions":[]}')).toBeUndefined();
  expect(silenceOf('')).toBe('nothing is said');
  expect(silenceOf('connect ENOENT')).toBe('connect ENOENT');
});

test('a program is asked with nothing of its caller’s environment, however it ends', async () => {
  expect(await askProgram('/usr/bin/env', [], { CNI_COMMAND: 'VERSION' })).toBe('CNI_COMMAND=VERSION\n');
  expect(await askProgram(path.join(folder, 'none'), [], {})).toContain('ENOENT');
});
