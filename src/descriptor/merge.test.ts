import { expect, test } from 'vitest';
import { APP, errors, load, webFile } from './memory-files.ts';

const OPTIONS = { files: ['a.yaml', 'b.yaml'] };

/** The service `web` of the merged model, given by its keys in two files. */
function merged(first: string, second: string, rest = ''): Record<string, unknown> {
  const { model } = load({ 'a.yaml': webFile(first, rest), 'b.yaml': webFile(second) }, OPTIONS);
  return (model as { services: { web: Record<string, unknown> } }).services.web;
}

test('maps join, and the later value wins', () => {
  const web = merged('environment: { A: 1, B: 1 }', 'environment: [B=2, C=3]');
  expect(web['environment']).toEqual({ A: '1', B: '2', C: '3' });
});

test('lists append, and the same text is there once', () => {
  expect(merged('dns: 1.1.1.1', 'dns: [1.1.1.1, 8.8.8.8]')['dns']).toEqual(['1.1.1.1', '8.8.8.8']);
  expect(merged('cap_add: [A]', 'cap_add: [B]')['cap_add']).toEqual(['A', 'B']);
});

test('a command, an entrypoint and a health test are replaced', () => {
  const web = merged(
    'command: a b\nentrypoint: [x, y]\nhealthcheck: { test: [CMD, a], retries: 3 }',
    'command: [c]\nentrypoint: z\nhealthcheck: { test: b }',
  );
  expect(web).toMatchObject({
    command: ['c'],
    entrypoint: ['z'],
    healthcheck: { test: ['CMD-SHELL', 'b'], retries: 3 },
  });
});

test('ports are one by address, ports and protocol', () => {
  const web = merged('ports: ["8080:80", "53:53/udp"]', 'ports: ["8080:80/tcp", "53:53"]');
  expect(web['ports']).toHaveLength(3);
});

test('volumes, secrets and configs are one by target', () => {
  const web = merged(
    'volumes: [a:/work, ./b:/b]\nsecrets: [s]\nconfigs: [{ source: c, target: /x }]',
    'volumes: [c:/work]\nsecrets: [{ source: s, mode: 0400 }]\nconfigs: [{ source: d, target: /x }]',
    'volumes: { a: , c: }\nsecrets: { s: { file: s } }\nconfigs: { c: { content: c }, d: { content: d } }',
  );
  expect(web['volumes']).toMatchObject([{ source: 'c', target: '/work' }, { source: `${APP}/b` }]);
  expect(web['secrets']).toEqual([{ source: 's', mode: 0o400 }]);
  expect(web['configs']).toEqual([{ source: 'd', target: '/x' }]);
});

test('short and long forms merge', () => {
  const web = merged(
    'networks: [n]\nbuild: .\nulimits: { nofile: 10 }',
    'networks: { n: { aliases: [x] } }\nbuild: { target: t }\nulimits: { nofile: { soft: 5, hard: 10 } }',
    'networks: { n: }',
  );
  expect(web['networks']).toEqual({ n: { aliases: ['x'] } });
  expect(web['build']).toEqual({ context: APP, target: 't' });
  expect(web['ulimits']).toEqual({ nofile: { soft: 5, hard: 10 } });
});

test('another log driver does not keep the options of the first', () => {
  const web = merged('logging: { driver: a, options: { x: 1 } }', 'logging: { driver: b }');
  expect(web['logging']).toEqual({ driver: 'b' });
});

test('nothing written over something leaves it, except where nothing is a value', () => {
  const web = merged('user: me\ncommand: a\nenvironment: { A: 1 }', 'user:\ncommand:\nenvironment: { A: }');
  expect(web).toMatchObject({ user: 'me', command: null, environment: {} });
});

test('!reset removes and !override replaces', () => {
  const web = merged(
    'ports: ["80"]\nexpose: [1]\nenvironment: { A: 1, B: 1 }\nuser: me',
    'ports: !override ["81"]\nexpose: !reset []\nenvironment: { A: !reset null }\nuser: !reset ""',
  );
  expect(web).not.toHaveProperty('expose');
  expect(web).not.toHaveProperty('user');
  expect(web).toMatchObject({ environment: { B: '1' }, ports: [{ target: 81 }] });
});

test('!reset can remove a whole service', () => {
  const files = {
    'a.yaml': `${webFile('init: true')}  db:\n    image: db\n`,
    'b.yaml': 'services: { db: !reset }',
  };
  expect(Object.keys(load(files, OPTIONS).application.services)).toEqual(['web']);
});

test('a list is not merged into a map', () => {
  const files = {
    'a.yaml': webFile('x-a: { b: 1 }\ndeploy: { replicas: 2 }'),
    'b.yaml': webFile('deploy: [1]'),
  };
  expect(errors(files, OPTIONS)).toEqual([
    'b.yaml:4:13: error ERR_COMPOSE_TYPE: services.web.deploy: a list cannot be merged into the map of a.yaml:5 (write the same kind of value, or put !override before it)',
  ]);
});

test('a feature switched on in one file may get parameters in the next', () => {
  const web = merged(
    'x-heddle: { manage: { flows: true } }',
    'x-heddle: { manage: { flows: { version: 9 } } }',
  );
  expect(web['x-heddle']).toEqual({ manage: { flows: { version: 9 } } });
});

test('places survive merging', () => {
  const descriptor = load(
    { 'a.yaml': webFile('environment: { A: 1 }'), 'b.yaml': webFile('environment: { B: 2 }\ninit: true') },
    OPTIONS,
  );
  expect(descriptor.at(['services', 'web', 'environment', 'A'])).toEqual({
    file: 'a.yaml',
    line: 4,
    column: 20,
  });
  expect(descriptor.at(['services', 'web', 'environment', 'B'])).toEqual({
    file: 'b.yaml',
    line: 4,
    column: 20,
  });
  expect(descriptor.at(['services', 'web', 'init', 'nothing'])).toEqual({
    file: 'b.yaml',
    line: 5,
    column: 5,
  });
});
