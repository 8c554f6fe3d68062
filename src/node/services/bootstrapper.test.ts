import { expect, test } from 'vitest';
import { Bootstrapper } from './bootstrapper.ts';
import { stopped, type Unit } from './unit.ts';

test('one that cannot be started keeps none of the others from it', async () => {
  const started: string[] = [];
  const unit = (name: string) =>
    ({
      name,
      start: async () => {
        if (name === 'ip') throw new Error('ip does not start');
        started.push(name);
      },
    }) as unknown as Unit;
  await expect(new Bootstrapper([unit('linux'), unit('ip'), unit('sdn')]).start()).rejects.toThrow(
    'ip does not start',
  );
  expect(started).toEqual(['linux', 'sdn']);
});

test('services start in the order of their needs, and stop in reverse, whatever becomes of one', async () => {
  const done: string[] = [];
  const unit = (name: string, fails = false) =>
    ({
      name,
      process: 'shared',
      state: stopped,
      start: async () => void done.push(`start ${name}`),
      stop: async () => {
        done.push(`stop ${name}`);
        if (fails) throw new Error(`${name} does not end`);
      },
    }) as Unit;
  const all = new Bootstrapper([unit('linux'), unit('ip', true), unit('sdn')]);
  await all.start();
  await expect(all.stop()).rejects.toThrow('ip does not end');
  expect(done).toEqual(['start linux', 'start ip', 'start sdn', 'stop sdn', 'stop ip', 'stop linux']);
});
