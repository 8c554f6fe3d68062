import { expect, test } from 'vitest';
import type { ObservedContainer } from './observed.ts';
import { whileTheyRun } from './while-they-run.ts';

/** Above what any kernel gives (proc(5), pid_max). */
const noProcess = 4_194_305;

const container = (pid: number) => ({ name: 'web', state: 'running', pid }) as ObservedContainer;
const look = async ({ containers }: { containers: readonly ObservedContainer[] }) => {
  if (containers.some(({ pid }) => pid === noProcess)) throw new Error('no such process');
  return containers;
};

test('lists again when a process ended before it was looked at', async () => {
  const answers = [container(noProcess), container(process.pid)];
  const list = async () => ({ containers: [answers.shift() ?? container(process.pid)] });
  expect(await whileTheyRun(list, look)).toEqual([container(process.pid)]);
});

test('takes a container for stopped that an engine goes on listing', async () => {
  const list = async () => ({ containers: [container(noProcess), container(process.pid)] });
  expect(await whileTheyRun(list, look, 100)).toEqual([
    { name: 'web', state: 'stopped' },
    container(process.pid),
  ]);
});

test('hands on a failure of another reason', async () => {
  const list = async () => ({ containers: [container(process.pid)] });
  await expect(whileTheyRun(list, () => Promise.reject(new Error('no nft')))).rejects.toThrow('no nft');
});
