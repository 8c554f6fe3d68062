import { expect, test } from 'vitest';
import { application, errors } from './memory-files.ts';

test('what another file defines is there as if it were written here', () => {
  const { services, volumes } = application({
    'compose.yaml': 'include: [sub/compose.yaml]\nservices: { web: { image: a, depends_on: [db] } }',
    'sub/compose.yaml': 'services: { db: { image: db, volumes: ["data:/d", "./x:/x"] } }\nvolumes: { data: }',
  });
  expect(services['db']?.mounts).toMatchObject([{ source: 'data' }, { source: '/app/sub/x' }]);
  expect(volumes['data']?.name).toBe('app_data');
});

test('each included project has its own variables, below those of this one', () => {
  const { services } = application(
    {
      'compose.yaml': 'include: [a/c.yaml, { path: b/c.yaml, env_file: b.env }]',
      'a/c.yaml': 'services: { a: { image: "$X-$Y" } }',
      'a/.env': 'X=a\nY=a',
      'b/c.yaml': 'services: { b: { image: "$X-$Y" } }',
      'b.env': 'X=b\nY=b',
    },
    { env: { Y: 'outside' } },
  );
  expect(services['a']?.image).toBe('a-outside');
  expect(services['b']?.image).toBe('b-outside');
});

test('several paths of one include are merged, and its folder may be another', () => {
  const { services } = application({
    'compose.yaml': 'include: [{ path: [s/a.yaml, s/b.yaml], project_directory: . }]',
    's/a.yaml': 'services: { a: { build: ., command: a } }',
    's/b.yaml': 'services: { a: { command: b } }',
  });
  expect(services['a']).toMatchObject({ build: { context: '/app' }, command: ['b'] });
});

test('an included project may include others', () => {
  const { services } = application({
    'compose.yaml': 'include: [a/c.yaml]',
    'a/c.yaml': 'include: [b/c.yaml]\nservices: { a: { image: a } }',
    'a/b/c.yaml': 'services: { b: { image: b } }',
  });
  expect(Object.keys(services).sort()).toEqual(['a', 'b']);
});

test('two definitions of one name are a conflict, unless they are the same', () => {
  const files = (image: string) => ({
    'compose.yaml': `include: [a.yaml]\nservices: { a: { image: ${image} } }`,
    'a.yaml': 'services: { a: { image: a } }',
  });
  expect(errors(files('a'))).toEqual([]);
  expect(errors(files('b'))).toEqual([
    'compose.yaml:2:13: error ERR_COMPOSE_CONFLICT: services.a is defined here and, otherwise, in the included a.yaml:1 (rename one of the two, or change the included one in a compose.override.yaml)',
  ]);
});

test('what the included project asks for as a whole is asked here too', () => {
  const { manage } = application({
    'compose.yaml': 'include: [a.yaml]\nservices: {}\nx-heddle: { manage: { latency: { from: x } } }',
    'a.yaml': 'services: { a: { image: a } }\nx-heddle: { manage: { latency: [{ from: y }], flows: true } }',
  });
  expect(manage).toEqual({ latency: [{ from: 'x' }, { from: 'y' }], flows: true });
});

test('a file that includes itself, or that is not there', () => {
  expect(
    errors({
      'compose.yaml': 'include:\n- a.yaml\n- none.yaml\n- { env_file: x }\n',
      'a.yaml': 'include: [compose.yaml]',
    }),
  ).toEqual([
    'a.yaml:1:11: error ERR_DEPENDENCY_CYCLE: include[0]: compose.yaml includes itself',
    'compose.yaml:3:3: error ERR_FILE_NOT_FOUND: the Compose file none.yaml cannot be read: it does not exist',
    'compose.yaml:4:3: error ERR_COMPOSE_TYPE: include[2]: expected a path, or a map with "path"',
  ]);
});

test('what an include sets holds for what its services read later, too', () => {
  const { services } = application({
    'compose.yaml':
      'include: [{ path: sub/part.yaml, env_file: outer.env }]\nservices: { b: { image: b, environment: [OUTER] } }',
    'outer.env': 'OUTER=yes',
    'sub/part.yaml': 'services: { a: { image: a, env_file: inner.env, environment: [OUTER] } }',
    'sub/inner.env': 'INNER=${OUTER?}',
  });
  expect(services['a']?.environment).toEqual({ INNER: 'yes', OUTER: 'yes' });
  expect(services['b']?.environment).toEqual({});
});
