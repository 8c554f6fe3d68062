import { describe, expect, test } from 'vitest';
import { endAll } from './end-all.ts';
import type { SeveralErrors } from './errors.ts';

const messages = (work: Promise<void>) =>
  work.then(
    () => [],
    (error: SeveralErrors) => error.errors.map(({ message }) => message),
  );

describe('ends all', () => {
  test('one after the other', async () => {
    const done: string[] = [];
    const slow = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      done.push('slow');
    };
    await endAll([
      { what: 'slow', end: slow },
      { what: 'quick', end: () => done.push('quick') },
    ]);
    expect(done).toEqual(['slow', 'quick']);
  });

  test('past what fails and what never ends, and names them', async () => {
    let isLast = false;
    const work = endAll(
      [
        { what: 'the first', end: () => Promise.reject(new Error('no disk')) },
        { what: 'the second', end: () => new Promise(() => {}) },
        {
          what: 'the third',
          end: () => {
            throw new Error('no sense');
          },
        },
        {
          what: 'the last',
          end: () => {
            isLast = true;
          },
        },
      ],
      50,
    );
    expect(await messages(work)).toEqual([
      'the first: no disk',
      'the second: it still works, and is left to itself',
      'the third: no sense',
    ]);
    expect(isLast).toBe(true);
  });
});
