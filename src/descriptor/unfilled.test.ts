import { expect, test } from 'vitest';
import { loadUnfilled } from './load.ts';
import { loadProjectName } from './open.ts';
import { renderUnfilled } from './render.ts';

const text = `
services:
  web:
    image: "x:\${TAG:-1}"
    environment: { A: "\${NEEDED:?say which}", DB_PASSWORD: "\${PW}", API_KEY: clear, B: "\${TAG}" }
    command: run "\${X:+\${Y-z}}"
    ports: ["\${PORT}:80", "81:81"]
    secrets: [s]
    gpus: all
secrets: { s: { environment: NONE } }`;

const options = (files: Readonly<Record<string, string>>) => ({
  cwd: '/shop',
  env: {},
  read: {
    readFile: (path: string) => files[path],
    exists: (path: string) => Object.hasOwn(files, path),
  },
});

test('variables are told with what the file says of them, none of them set', () => {
  const { variables } = loadUnfilled(options({ '/shop/compose.yaml': text }));
  const plain = { required: false, defaultValue: '', alternateValue: '' };
  expect(variables).toEqual([
    { ...plain, name: 'NEEDED', required: true },
    { ...plain, name: 'PORT' },
    { ...plain, name: 'PW' },
    { ...plain, name: 'TAG', defaultValue: '1' },
    { ...plain, name: 'X', alternateValue: '${Y-z}' },
    { ...plain, name: 'Y', defaultValue: 'z' },
  ]);
});

test('a file is printed with its variables where they stand; what is no reference and a secret is left out', () => {
  const { model } = loadUnfilled(options({ '/shop/compose.yaml': text }));
  const printed = renderUnfilled(model, { showSecrets: false, format: 'yaml' });
  expect(printed).toContain('image: x:${TAG:-1}');
  expect(printed).toContain('DB_PASSWORD: ${PW}');
  expect(printed).toContain('- ${PORT}:80');
  expect(printed).toContain('API_KEY: ${HEDDLE_LEFT_OUT:?');
});

test('a project’s name needs no value that only containers need, and no key that is right', () => {
  expect(loadProjectName(options({ '/shop/compose.yaml': text }))).toBe('shop');
  expect(loadProjectName(options({ '/shop/compose.yaml': `name: other\nnonsense: 1\n${text}` }))).toBe(
    'other',
  );
});

test('but what says the name has to be readable', () => {
  const named = (first: string) => () =>
    loadProjectName(options({ '/shop/compose.yaml': `${first}\n${text}` }));
  expect(named('name: "${NONE:?}"')).toThrow('ERR_INTERPOLATION: name: the variable NONE is required');
  expect(named('name: Up')).toThrow('is not a project name');
  expect(named('name: {')).toThrow('ERR_YAML_SYNTAX');
  expect(() => loadProjectName(options({}))).toThrow('ERR_FILE_NOT_FOUND');
});
