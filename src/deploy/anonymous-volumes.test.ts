import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../engines/engine.ts';
import type { ObservedContainer } from '../engines/observed.ts';
import type { ContainerSpec } from '../selector/spec.ts';
import { forgetPassed, passedVolumes, rememberPassed, takenOver, withPassed } from './anonymous-volumes.ts';
import { StateFolder } from './state-folder.ts';

const volume = (target: string, source?: string) =>
  ({ type: 'volume', target, readOnly: false, noCopy: false, ...(source && { source }) }) as const;
const noted = [
  { name: 'a', target: '/of-file' },
  { name: 'b', target: '/of-image/' },
  { name: 'c', target: '/named-now' },
  { name: 'd', target: '/no-more' },
];

test('a new container takes over what is a volume without a name in it, too: of the file or of its image', () => {
  const mounts = [volume('/of-file'), volume('/named-now', 'data')];
  expect(takenOver(noted, { mounts }, ['/of-image', '/named-now']).map(({ name }) => name)).toEqual([
    'a',
    'b',
  ]);
});

test('and has them by name, with the options that the file gives them', () => {
  const home = { network: 'none', mounts: [{ ...volume('/of-file'), readOnly: true }] } as const;
  expect(withPassed(home, noted.slice(0, 2)).mounts).toEqual([
    { ...volume('/of-file', 'a'), readOnly: true },
    volume('/of-image/', 'b'),
  ]);
});

describe('what is noted on disk', () => {
  let stateDir: string;
  let folder: StateFolder;
  beforeEach(() => {
    stateDir = mkdtempSync(path.join(tmpdir(), 'heddle-volumes-'));
    folder = new StateFolder(stateDir, 'shop');
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));
  const image = async () => ({ id: 'i', volumes: ['/of-image'] });
  const container = { name: 'web', role: 'application', image: 'i', mounts: [] } as unknown as ContainerSpec;
  const passed = () =>
    passedVolumes({ engine: { images: { find: image } } as unknown as Engine, folder }, container);
  const onDisk = (text: string) => folder.write('anonymous/web.json', text);

  test('is passed on, also as it was written before there were versions, until the new container has it', async () => {
    const observed = { name: 'web', anonymous: noted } as unknown as ObservedContainer;
    await rememberPassed(folder, observed);
    expect((await passed()).map(({ name }) => name)).toEqual(['b']);
    await forgetPassed(folder, 'web');
    expect(await passed()).toEqual([]);
    await onDisk(JSON.stringify(noted));
    expect((await passed()).map(({ name }) => name)).toEqual(['b']);
  });

  test.each([
    ['is no JSON', '[{', 'ERR_STATE'],
    ['names a path', '[{"name":"../x","target":"/a"}]', 'ERR_STATE'],
    ['is of a newer version', '{"version":9,"value":[]}', 'ERR_STATE_NEWER'],
  ])('is refused, rather than begin with empty volumes, when it %s', async (_, text, code) => {
    await onDisk(text);
    await expect(passed()).rejects.toMatchObject({ code, message: expect.stringContaining('web.json') });
  });
});
