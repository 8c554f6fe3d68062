import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../lib/errors.ts';
import type { FileQuestion, FileReader, FoundFile } from './file-reader.ts';
import { loadDescriptor } from './load.ts';
import { FoundFiles, SentFiles } from './sent-files.ts';

/** A disk, and all that was asked of it. */
function disk(files: Readonly<Record<string, string | FoundFile>>) {
  const asked: string[] = [];
  const find = ({ path, text }: FileQuestion): FoundFile => {
    asked.push(text ? path : `${path}?`);
    const file = files[path];
    if (file === undefined) return text ? { exists: false, text: null } : { exists: false };
    if (typeof file !== 'string') return file;
    return text ? { exists: true, text: file } : { exists: true };
  };
  return { asked, find };
}

const options = (read: FileReader) => ({ cwd: '/app', env: {}, files: ['compose.yaml'], read });

/** Reads a project in as many rounds as it takes; `rounds`: what was wanted in each. */
function exchange(files: Readonly<Record<string, string | FoundFile>>) {
  const { asked, find } = disk(files);
  const found = new FoundFiles(find);
  const rounds: string[][] = [];
  for (;;) {
    const answer = new SentFiles(found.all).load((read) => loadDescriptor(options(read)));
    if (!('wanted' in answer)) return { asked, rounds, descriptor: answer };
    rounds.push(answer.wanted.map(({ path }) => path));
    found.answer(answer.wanted);
  }
}

describe('a project whose files are sent as they are asked for', () => {
  const files = {
    '/app/compose.yaml': `
include: [more/compose.yaml]
services:
  web: { image: a, env_file: [web.env] }
  db: { extends: { file: base.yaml, service: base }, env_file: [db.env] }`,
    '/app/base.yaml': 'services: { base: { image: b } }',
    '/app/more/compose.yaml': 'services: { more: { build: . } }',
    '/app/web.env': 'A=1',
    '/app/db.env': 'B=2',
    '/app/more/Containerfile': '',
  };

  test('is read as where its files are, in a few rounds that ask all they can', () => {
    const { rounds, descriptor } = exchange(files);
    const there = loadDescriptor(
      options({ readFile: (path) => Reflect.get(files, path), exists: (path) => path in files }),
    );
    expect(descriptor.application).toEqual(there.application);
    expect(rounds).toEqual([
      ['/app/.env', '/app/compose.yaml'],
      ['/app/base.yaml', '/app/more/.env', '/app/more/compose.yaml'],
      ['/app/web.env', '/app/db.env', '/app/more/Dockerfile', '/app/more/Containerfile'],
    ]);
  });

  test('asks for each path once', () => {
    const { asked } = exchange(files);
    expect(asked.filter((path, index) => asked.indexOf(path) !== index)).toEqual([]);
  });

  test('says of a file that is none what it says where it stands', () => {
    expect(() =>
      exchange({ '/app/compose.yaml': 'services: { web: { image: a, env_file: [none.env] } }' }),
    ).toThrow(
      'compose.yaml:1:41: error ERR_FILE_NOT_FOUND: the environment file none.env cannot be read: it does not exist',
    );
  });

  test('says why a client could not read one', () => {
    const refused = { code: 'ERR_FILE_NOT_FOUND', why: 'permission is denied' } as const;
    const read = () =>
      exchange({
        '/app/compose.yaml': 'services: { web: { image: a, env_file: [secret.env] } }',
        '/app/secret.env': { exists: true, refused },
      });
    expect(read).toThrow('the environment file secret.env cannot be read: permission is denied');
    expect(read).toThrow(InvalidInput);
  });
});

describe('what a client looks at', () => {
  test('ends: files name others no more than a number of times in a row', () => {
    const found = new FoundFiles(disk({}).find);
    expect(() => {
      for (let round = 0; round <= 200; round += 1) found.answer([{ path: `/${round}`, text: true }]);
    }).toThrow('its files name others more than 200 times in a row');
  });

  test('is no more than a request may hold', () => {
    const found = new FoundFiles(() => ({ exists: true, text: 'x'.repeat(10 * 1024 * 1024) }));
    expect(() => found.look([1, 2, 3, 4, 5].map((name) => ({ path: `/${name}`, text: true })))).toThrow(
      'with /5 the files of this project have more than 48 MB',
    );
  });

  test('is looked at again only where its text was not asked for before', () => {
    const { asked, find } = disk({ '/a': 'text' });
    const found = new FoundFiles(find);
    expect([found.read.exists('/a'), found.read.readFile('/a', 'a'), found.read.exists('/a')]).toEqual([
      true,
      'text',
      true,
    ]);
    expect(asked).toEqual(['/a?', '/a']);
  });
});
