import { expect, test } from 'vitest';
import { loadDescriptor } from './load.ts';
import { application, errors, load, warnings } from './memory-files.ts';

const FILE = 'services: { web: { image: "nginx:${TAG:-none}" } }';

test.each(['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'])(
  '%s is found',
  (name) => {
    expect(application({ [name]: FILE }).files).toEqual([`/app/${name}`]);
  },
);

test('the file is looked for in the folders above, and its override beside it', () => {
  const found = application(
    { '/app/compose.yaml': FILE, '/app/compose.override.yaml': 'services: { web: { command: x } }' },
    { cwd: '/app/a/b' },
  );
  expect(found).toMatchObject({ dir: '/app', name: 'app', services: { web: { command: ['x'] } } });
  expect(found.files).toEqual(['/app/compose.yaml', '/app/compose.override.yaml']);
});

test('-f names files, and leaves the override out', () => {
  const files = { 'x/a.yaml': FILE, 'x/compose.override.yaml': 'services: { web: { command: x } }' };
  expect(application(files, { files: ['x/a.yaml'] })).toMatchObject({ dir: '/app/x', name: 'x' });
});

test('COMPOSE_FILE names files, also from .env', () => {
  const files = {
    'a.yaml': FILE,
    'b.yaml': 'services: { web: { command: x } }',
    '.env': 'COMPOSE_FILE=a.yaml',
  };
  expect(application(files).files).toEqual(['/app/a.yaml']);
  const env = { COMPOSE_FILE: 'a.yaml;b.yaml', COMPOSE_PATH_SEPARATOR: ';' };
  expect(application(files, { env }).files).toEqual(['/app/a.yaml', '/app/b.yaml']);
});

test('the project directory is where paths start', () => {
  const files = { 'x/a.yaml': 'services: { web: { build: ctx } }' };
  const found = application(files, { files: ['x/a.yaml'], projectDirectory: 'y' });
  expect(found).toMatchObject({ dir: '/app/y', services: { web: { build: { context: '/app/y/ctx' } } } });
});

test('variables come from the environment, then from .env', () => {
  const files = { 'compose.yaml': FILE, '.env': 'TAG=file' };
  expect(application(files).services['web']?.image).toBe('nginx:file');
  expect(application(files, { env: { TAG: 'env' } }).services['web']?.image).toBe('nginx:env');
});

test('--env-file replaces .env; of several the last wins', () => {
  const files = { 'compose.yaml': FILE, '.env': 'TAG=dot', 'a.env': 'TAG=a', 'b.env': 'TAG=b' };
  expect(application(files, { envFiles: ['a.env', 'b.env'] }).services['web']?.image).toBe('nginx:b');
  expect(application(files, { env: { COMPOSE_ENV_FILES: 'a.env' } }).services['web']?.image).toBe('nginx:a');
  expect(errors(files, { envFiles: ['none.env'] })).toEqual([
    'error ERR_FILE_NOT_FOUND: the environment file none.env cannot be read: it does not exist',
  ]);
});

test('the name: -p, COMPOSE_PROJECT_NAME, the file, the folder', () => {
  const named = { 'compose.yaml': `name: "file\${X}"\n${FILE}` };
  expect(application(named, { projectName: 'p', env: { COMPOSE_PROJECT_NAME: 'e' } }).name).toBe('p');
  expect(application(named, { env: { COMPOSE_PROJECT_NAME: 'e' } }).name).toBe('e');
  expect(application(named, { env: { X: '2' } }).name).toBe('file2');
  expect(application({ '/My App.1/compose.yaml': FILE }, { cwd: '/My App.1' }).name).toBe('myapp1');
});

test('a file can use the name of its project', () => {
  const text = 'name: shop\nservices: { web: { image: "${COMPOSE_PROJECT_NAME}" } }';
  expect(application(text).services['web']?.image).toBe('shop');
});

test('names that are none', () => {
  expect(errors(`name: My Shop\n${FILE}`)).toEqual([
    'compose.yaml:1:7: error ERR_COMPOSE_TYPE: name: "My Shop" is not a project name: small letters, digits, "-" and "_", a letter or digit first (write "myshop")',
  ]);
  expect(errors(FILE, { projectName: 'A' })[0]).toMatch(/^error ERR_USAGE: name: "A" is not a project name/);
});

test('no file, an unreadable file, an empty file', () => {
  expect(errors({})).toEqual([
    'error ERR_FILE_NOT_FOUND: there is no Compose file in /app or above it (name one with -f, or call it compose.yaml)',
  ]);
  expect(errors({}, { files: ['a.yaml'] })).toEqual([
    'error ERR_FILE_NOT_FOUND: the Compose file a.yaml cannot be read: it does not exist',
  ]);
  expect(errors('')).toEqual(['compose.yaml:1:1: error ERR_COMPOSE_TYPE: there are no "services"']);
  expect(errors('- a')).toEqual([
    'compose.yaml:1:1: error ERR_COMPOSE_TYPE: a Compose file is a map with the key "services"',
  ]);
});

test('a malformed line of .env is located', () => {
  expect(errors({ 'compose.yaml': FILE, '.env': 'A=1\n?\n' })).toEqual([
    '.env:2:1: error ERR_ENV_FILE: "?" is not NAME=value: a name has letters, digits, "_", "." and "-"',
  ]);
});

test('a variable that is not set is a warning, once', () => {
  expect(warnings('services:\n  web: { image: "a$X" }\n  db: { image: "b$X" }')).toEqual([
    'compose.yaml:2:17: warning WARN_INTERPOLATION_UNSET: the variable X is not set; an empty text takes its place',
  ]);
});

test('a malformed or required variable is an error at its place', () => {
  expect(errors('services:\n  web: { image: "${X:?say which}", user: "${", command: "echo ${1}" }')).toEqual([
    'compose.yaml:2:17: error ERR_INTERPOLATION: services.web.image: the variable X is required: say which',
    'compose.yaml:2:42: error ERR_INTERPOLATION: services.web.user: "}" is missing after "${" (a "$" that is meant is written "$$")',
    'compose.yaml:2:57: error ERR_INTERPOLATION: services.web.command: there is no name in "${1}" (a "$" that is meant is written "$$")',
  ]);
});

test('the same input gives the same output', () => {
  const run = () => JSON.stringify(load({ 'compose.yaml': FILE }));
  expect(run()).toBe(run());
});

test('documents of one file are laid over each other as files are', () => {
  const text = `services: { a: { image: x, command: [one], ports: ["80"] } }
---
name: later
services: { a: { command: [two], ports: !reset [] } }
`;
  const { name, services } = application(text);
  expect(name).toBe('later');
  expect(services['a']).toMatchObject({ image: 'x', command: ['two'], ports: [] });
});

test('a file from standard input is read once, and belongs to the folder where the command runs', () => {
  let reads = 0;
  const read = {
    readFile: (path: string) => {
      if (path !== '-') return undefined;
      reads += 1;
      return 'services: { a: { image: x, volumes: ["./d:/d"] } }';
    },
    exists: () => false,
  };
  const { application: app } = loadDescriptor({ files: ['-'], cwd: '/where/shop', env: {}, read });
  expect(app).toMatchObject({ name: 'shop', dir: '/where/shop' });
  expect(app.services['a']?.mounts).toMatchObject([{ source: '/where/shop/d' }]);
  expect(reads).toBe(1);
  const broken = { readFile: () => 'services: 1', exists: () => false };
  expect(() => loadDescriptor({ files: ['-'], cwd: '/', env: {}, read: broken, projectName: 'p' })).toThrow(
    /^standard input:1:11: error/,
  );
});

test('environment files: the last that says a name wins, and each sees those before it', () => {
  const files = {
    'compose.yaml': 'services: { a: { image: x, environment: { Z: "$A-$B-$C" } } }',
    'a.env': 'A=0\nA=1\nB=2',
    'c.env': 'C=$A\nB=3',
  };
  const options = { envFiles: ['a.env', 'c.env'], env: { OUT: 'x' } };
  expect(application(files, options).services['a']?.environment).toEqual({ Z: '1-3-1' });
});

test('a folder without a letter that names have gives no name: two such would be one project', () => {
  expect(errors({ '/店/compose.yaml': FILE }, { cwd: '/店' })).toEqual([
    'error ERR_USAGE: the folder /店 has no name that a project could have (give the project a name with -p, or with "name:" in the file)',
  ]);
  expect(application({ '/店/compose.yaml': `name: shop\n${FILE}` }, { cwd: '/店' }).name).toBe('shop');
});
