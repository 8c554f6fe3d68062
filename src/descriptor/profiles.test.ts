import { expect, test } from 'vitest';
import { application, errors, load } from './memory-files.ts';

const FILE = `
services:
  foo: { image: foo }
  bar: { image: bar, profiles: [test], networks: [lab] }
  baz: { image: baz, depends_on: [bar], profiles: [test] }
  zot: { image: zot, depends_on: [bar], profiles: [debug] }
networks: { lab: }
`;

const active = (profiles: string[], env = {}) => Object.keys(application(FILE, { profiles, env }).services);

test('services without profiles always run, others when one of theirs is named', () => {
  expect(active([])).toEqual(['foo']);
  expect(active(['test'])).toEqual(['foo', 'bar', 'baz']);
  expect(active(['test', 'debug'])).toEqual(['foo', 'bar', 'baz', 'zot']);
  expect(active(['*'])).toEqual(['foo', 'bar', 'baz', 'zot']);
  expect(active([], { COMPOSE_PROFILES: 'test,debug' })).toHaveLength(4);
});

test('all of them are known, whichever are active', () => {
  expect(load(FILE, { profiles: ['test'] }).profiles).toEqual(['debug', 'test']);
});

test('networks that only others use are left out', () => {
  expect(Object.keys(application(FILE).networks)).toEqual(['default']);
  expect(Object.keys(application(FILE, { profiles: ['test'] }).networks)).toEqual(['lab', 'default']);
});

test('a dependency that does not run is an error, unless it may be missing', () => {
  expect(errors(FILE, { profiles: ['debug'] })).toEqual([
    'compose.yaml:6:35: error ERR_UNKNOWN_REFERENCE: services.zot.depends_on.bar: the service "bar" is not active; it belongs to the profile test (use --profile test, or write "required: false")',
  ]);
  const optional = FILE.replaceAll('[bar]', '{ bar: { condition: service_started, required: false } }');
  expect(errors(optional, { profiles: ['debug'] })).toEqual([]);
});

test('services that do not run are checked for their form', () => {
  expect(errors(FILE.replace('image: bar', 'image: 1'))).toEqual([
    'compose.yaml:4:17: error ERR_COMPOSE_TYPE: services.bar.image: expected text, got 1',
  ]);
});
