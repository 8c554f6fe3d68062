import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InvalidInput } from '../lib/errors.ts';
import type { ProjectOptions } from './command.ts';
import { SentProject } from './sent-project.ts';

describe('what reading begins with is looked at before any node is asked', () => {
  let folder: string;
  const at = (name: string) => path.join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'heddle-sent-'));
    writeFileSync(at('good.yaml'), 'services: { web: { image: nginx } }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const errorsOf = (options: Partial<ProjectOptions>): readonly string[] => {
    try {
      new SentProject(options as ProjectOptions);
    } catch (error) {
      return (error as InvalidInput).diagnostics.map(({ code, message }) => `${code} ${message}`);
    }
    return [];
  };

  test('files that can be read', () => {
    expect(errorsOf({ file: [at('good.yaml')] })).toEqual([]);
  });

  test('each file that cannot', () => {
    mkdirSync(at('folder.yaml'));
    writeFileSync(at('large.yaml'), Buffer.alloc(11 * 1024 * 1024, '#'));
    const names = ['none.yaml', 'good.yaml', 'folder.yaml', 'large.yaml'];
    expect(errorsOf({ file: names.map(at) })).toEqual([
      expect.stringMatching(
        /^ERR_FILE_NOT_FOUND the Compose file .*none\.yaml cannot be read: it does not exist/,
      ),
      expect.stringMatching(/^ERR_FILE_NOT_FOUND the Compose file .*folder\.yaml cannot be read/),
      expect.stringMatching(/^ERR_FILE_TOO_LARGE the Compose file .*large\.yaml cannot be read/),
    ]);
  });

  test('an environment file that is not there', () => {
    expect(errorsOf({ file: [at('good.yaml')], envFile: [at('none.env')] })).toEqual([
      expect.stringMatching(/^ERR_FILE_NOT_FOUND the environment file .*none\.env cannot be read/),
    ]);
  });
});
