import { expect, test } from 'vitest';
import { frugalReader } from './frugal-reader.ts';

test('each file is read once, whether that works or not', () => {
  const asked: string[] = [];
  const read = frugalReader({
    readFile: (path) => {
      asked.push(path);
      if (path === '/broken') throw new Error('broken');
      return path === '/none' ? undefined : 'text';
    },
    exists: () => true,
  });
  for (const _ of [1, 2]) {
    expect(read.readFile('/a', 'a')).toBe('text');
    expect(read.readFile('/none', 'none')).toBeUndefined();
    expect(() => read.readFile('/broken', 'broken')).toThrow('broken');
  }
  expect(asked).toEqual(['/a', '/none', '/broken']);
});

test('all files together have a limit', () => {
  const large = 'x'.repeat(10 * 1024 * 1024);
  const read = frugalReader({ readFile: () => large, exists: () => true });
  for (let i = 0; i < 4; i += 1) read.readFile(`/${i}`, `the file ${i}`);
  expect(() => read.readFile('/4', 'the file 4')).toThrow(
    'with the file 4 the files of this project have more than 48 MB',
  );
});
