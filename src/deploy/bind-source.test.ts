import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { specOf } from '../../test/support/compose.ts';
import { hash } from '../../test/support/observed.ts';
import type { Engine } from '../engines/engine.ts';
import type { DeployContext } from './context.ts';
import { nothing } from './observed.ts';
import { plan } from './plan/plan.ts';
import { preflight } from './preflight.ts';

/** Has no container, and can make every one. */
const engine = {
  offers: new Set(['host']),
  workloads: { containerNames: async () => new Set(), cannot: () => undefined } as Partial<
    Engine['workloads']
  >,
} as Partial<Engine>;

describe('the source of a mount', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-source-'));
    writeFileSync(path.join(folder, 'file.txt'), '');
    symlinkSync('nowhere', path.join(folder, 'dangling'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const prepared = (...sources: string[]) => {
    const volumes = sources.map((source, i) => `"${path.join(folder, source)}:/at/${i}"`);
    const spec = specOf(`services: { web: { image: nginx, volumes: [${volumes.join(', ')}] } }`);
    const context = { engine, spec } as DeployContext;
    return preflight(context, nothing, plan(spec, nothing, { hash, mode: 'up' }));
  };

  test.each([
    ['file.txt/sub', 'file.txt is no folder'],
    ['file.txt/sub/deeper', 'file.txt is no folder'],
    ['dangling', 'dangling is a symbolic link to what is not there'],
    ['dangling/sub', 'dangling is a symbolic link to what is not there'],
  ])('%s is refused before the first step', async (source, why) => {
    await expect(prepared(source)).rejects.toMatchObject({
      code: 'ERR_BIND_SOURCE',
      message: `${folder}/${source} cannot be made: ${folder}/${why}`,
    });
  });

  test('may be a file, a folder, or what can be made, which is not made yet', async () => {
    await prepared('file.txt', '.', 'new/folder');
    expect(existsSync(path.join(folder, 'new'))).toBe(false);
  });

  test('is named with every other that cannot be made', async () => {
    await expect(prepared('file.txt/a', 'file.txt/b')).rejects.toMatchObject({
      errors: [{ code: 'ERR_BIND_SOURCE' }, { code: 'ERR_BIND_SOURCE' }],
    });
  });
});
