import { expect, test } from 'vitest';
import { application, load, web, webErrors, webFile } from './memory-files.ts';

test('map and list; numbers are text; a bare name comes from outside or is left out', () => {
  const env = { OUT: 'side' };
  expect(web('environment: { A: 1, B: 1.5, C: "", OUT: , NONE: }', '', { env }).environment).toEqual({
    A: '1',
    B: '1.5',
    C: '',
    OUT: 'side',
  });
  expect(web('environment: [A=1, B=x=y, C=, OUT, NONE]', '', { env }).environment).toEqual({
    A: '1',
    B: 'x=y',
    C: '',
    OUT: 'side',
  });
});

test('a boolean is text, as in Compose today', () => {
  expect(web('environment: { A: true, B: False, C: yes }').environment).toEqual({
    A: 'true',
    B: 'false',
    C: 'yes',
  });
});

test('env_file is below environment, and a later file over an earlier one', () => {
  const files = {
    'compose.yaml': webFile('env_file: [a.env, { path: b.env }]\nenvironment: { C: own }'),
    'a.env': 'A=a\nB=a\nC=a',
    'b.env': 'B=b-$A-${OUT}',
  };
  const descriptor = load(files, { env: { OUT: 'out' } });
  expect(descriptor.application.services['web']?.environment).toEqual({ A: 'a', B: 'b-a-out', C: 'own' });
  expect(descriptor.at(['services', 'web', 'environment', 'B'])).toEqual({
    file: 'b.env',
    line: 1,
    column: 1,
  });
  expect(descriptor.model).not.toHaveProperty('services.web.env_file');
});

test('format raw takes lines as they are', () => {
  const files = { 'compose.yaml': webFile('env_file: [{ path: a, format: raw }]'), a: 'A="$X" # y\n# no\n' };
  expect(application(files).services['web']?.environment).toEqual({ A: '"$X" # y' });
});

test('a missing env_file is an error unless it may be missing', () => {
  expect(webErrors('env_file: [{ path: a, required: false }]')).toEqual([]);
  expect(webErrors('env_file: a')).toEqual([
    'compose.yaml:4:15: error ERR_FILE_NOT_FOUND: the environment file a cannot be read: it does not exist',
  ]);
});

test('label_file gives labels', () => {
  const files = { 'compose.yaml': webFile('label_file: l\nlabels: [b=2, c]'), l: 'a=1\nb=1' };
  expect(application(files).services['web']?.labels).toEqual({ a: '1', b: '2', c: '' });
});
