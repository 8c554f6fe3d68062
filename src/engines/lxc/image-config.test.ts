import { expect, test } from 'vitest';
import { environmentOf, healthOf, wordsOf } from './image-config.ts';

const image = { Entrypoint: ['/entry'], Cmd: ['serve'], Env: ['PATH=/own', 'A=b=c', 'B'] };

test.each([
  [{}, ['/entry', 'serve']],
  [{ command: ['other'] }, ['/entry', 'other']],
  [{ entrypoint: ['mine'] }, ['mine']],
  [{ entrypoint: ['mine'], command: ['it'] }, ['mine', 'it']],
])('%j runs %j, as Docker puts it together', (own, words) => {
  expect(wordsOf(own, image)).toEqual({ words, isSystem: false });
});

test('where nothing says what is run it is a system, with its own init', () => {
  expect(wordsOf({}, {})).toEqual({ words: ['/sbin/init'], isSystem: true });
  expect(wordsOf({ command: ['/lib/systemd/systemd'] }, {})).toMatchObject({ isSystem: true });
});

test('the file’s environment comes before the image’s', () => {
  expect(environmentOf({ A: 'mine' }, image, 'web')).toEqual({
    PATH: '/own',
    A: 'mine',
    B: '',
    HOSTNAME: 'web',
  });
});

test('a health check is the file’s, with what it leaves out from the image', () => {
  const Healthcheck = { Test: ['CMD', 'look'], Interval: 2e9, Retries: 5 };
  expect(healthOf(undefined, { Healthcheck })).toEqual({
    ...{ test: ['CMD', 'look'], interval: 2000, timeout: 30_000, startPeriod: 0, retries: 5 },
  });
  expect(healthOf({ interval: 500 }, { Healthcheck })).toMatchObject({
    test: ['CMD', 'look'],
    interval: 500,
  });
  expect(healthOf('disabled', { Healthcheck })).toBeUndefined();
  expect(healthOf({ test: ['NONE'] }, { Healthcheck })).toBeUndefined();
});
