import { expect, test } from 'vitest';
import { application, errors, load } from './memory-files.ts';

test('a service inherits from another of its file, over several steps', () => {
  const { services } = application(`
services:
  a: { image: a, environment: { A: 1, B: 1 }, command: a }
  b: { extends: a, environment: { B: 2 } }
  c: { extends: { service: b }, command: c }
`);
  expect(services['c']).toMatchObject({ image: 'a', environment: { A: '1', B: '2' }, command: ['c'] });
  expect(services['a']).toMatchObject({ environment: { A: '1', B: '1' }, command: ['a'] });
});

test('from another file, whose paths start from its own folder', () => {
  const descriptor = load({
    'compose.yaml': 'services: { web: { extends: { file: sub/base.yaml, service: base } } }',
    'sub/base.yaml': 'services:\n  base: { extends: { file: deep/b.yaml, service: b }, volumes: [./x:/x] }',
    'sub/deep/b.yaml': 'services:\n  b: { build: ., volumes: [./y:/y] }',
  });
  const { web } = descriptor.application.services;
  expect(web?.build?.context).toBe('/app/sub/deep');
  expect(web?.mounts).toMatchObject([{ source: '/app/sub/deep/y' }, { source: '/app/sub/x' }]);
  expect(descriptor.at(['services', 'web', 'build'])).toEqual({
    file: 'sub/deep/b.yaml',
    line: 2,
    column: 8,
  });
});

test('!reset and !override hold against what is inherited', () => {
  const { services } = application(`
services:
  a: { image: a, ports: ["80"], expose: [1] }
  b: { extends: a, ports: !override ["81"], expose: !reset [] }
`);
  expect(services['b']).toMatchObject({ ports: [{ target: 81 }], expose: [] });
});

test('a later file may extend what an earlier one does not know', () => {
  const { services } = application(
    {
      'a.yaml': 'services: { web: { image: a, ports: ["80"] } }',
      'b.yaml': 'services: { base: { image: b, expose: [1] }, web: { extends: base } }',
    },
    { files: ['a.yaml', 'b.yaml'] },
  );
  expect(services['web']).toMatchObject({ image: 'b', ports: [{ target: 80 }], expose: ['1'] });
});

test('rings are named', () => {
  expect(
    errors(`
services:
  a: { image: a, extends: b }
  b: { image: b, extends: c }
  c: { image: c, extends: a }
`),
  ).toEqual([
    'compose.yaml:5:27: error ERR_DEPENDENCY_CYCLE: services.c.extends: services extend each other: a → b → c → a',
  ]);
});

test('unknown services and files are named', () => {
  expect(
    errors({
      'compose.yaml': `
services:
  web: { image: a, extends: wbe }
  x: { image: a, extends: { file: base.yaml, service: bsae } }
  y: { image: a, extends: { file: none.yaml, service: base } }
  z: { image: a, extends: { file: base.yaml } }
`,
      'base.yaml': 'services: { base: { image: b } }',
    }),
  ).toEqual([
    'compose.yaml:3:29: error ERR_UNKNOWN_REFERENCE: services.web.extends: there is no service "wbe" in compose.yaml (did you mean "web"?)',
    'compose.yaml:4:55: error ERR_UNKNOWN_REFERENCE: services.x.extends: there is no service "bsae" in base.yaml (did you mean "base"?)',
    'compose.yaml:5:27: error ERR_FILE_NOT_FOUND: the Compose file none.yaml cannot be read: it does not exist',
    'compose.yaml:6:27: error ERR_COMPOSE_TYPE: services.z.extends: expected a service, or a map with "service"',
  ]);
});
