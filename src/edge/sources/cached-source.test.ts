import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { serviceOf } from '../../../test/support/edge-model.ts';
import { createLog } from '../../lib/log.ts';
import { KeptSource } from './cached-source.ts';
import type { SourceObject } from './source.ts';
import { TestSource } from './test-source.ts';

const log = createLog();
const warned = vi.spyOn(log, 'warn').mockReturnValue();
let folder: string;
let said: TestSource;

beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'heddle-kept-')), 'sources');
  warned.mockClear();
  return () => rmSync(path.dirname(folder), { recursive: true });
});

const published = (name: string): SourceObject => {
  const { sources: _, ...service } = serviceOf(name);
  return { service: { ...service, explicit: false } };
};

function start() {
  said = new TestSource();
  const source = new KeptSource(said, folder, log);
  const change = vi.fn();
  source.start({ change, trouble: () => {} });
  return { source, change };
}
async function before(objects: Record<string, SourceObject>): Promise<void> {
  const { source } = start();
  said.say(objects);
  await source.close();
}

test('a source that cannot be heard at the start is what it was before, until it is heard', async () => {
  await before({ web: published('web'), api: published('api') });
  const { source, change } = start();
  said.sink?.trouble('nobody is there');
  said.sink?.trouble('still not');
  expect(change.mock.calls).toEqual([
    [
      new Map([
        ['web', published('web')],
        ['api', published('api')],
      ]),
    ],
  ]);
  said.say({ web: published('web') });
  expect(change).toHaveBeenLastCalledWith(
    new Map([
      ['web', published('web')],
      ['api', undefined],
    ]),
  );
  said.say({ other: published('other') });
  expect(change).toHaveBeenLastCalledWith(new Map([['other', published('other')]]));
  await source.close();
});

test('a source that is heard is itself, whatever it was before', async () => {
  await before({ web: published('web') });
  const { source, change } = start();
  said.say({ api: published('api') });
  said.sink?.trouble('gone');
  expect(change.mock.calls).toEqual([[new Map([['api', published('api')]])]]);
  await source.close();
});

test('one that had nothing has nothing', async () => {
  await before({});
  const { source, change } = start();
  said.sink?.trouble('nobody is there');
  expect(change.mock.calls).toEqual([[new Map()]]);
  await source.close();
});

test('one that was never heard has nothing to go on with', async () => {
  const { source, change } = start();
  said.sink?.trouble('nobody is there');
  expect(change).not.toHaveBeenCalled();
  expect(warned).not.toHaveBeenCalled();
  await source.close();
});

test.each(['{', '{"format":2,"told":[]}', 'null'])(
  'what was kept as %s is not read, and that is said',
  async (text) => {
    await before({ web: published('web') });
    writeFileSync(path.join(folder, readdirSync(folder)[0] ?? ''), text);
    const { source, change } = start();
    said.sink?.trouble('nobody is there');
    expect(change).not.toHaveBeenCalled();
    expect(warned).toHaveBeenCalled();
    await source.close();
  },
);
