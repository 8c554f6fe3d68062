import { existsSync, statSync } from 'node:fs';
import { HeddleError } from '../../lib/errors.ts';
import { settingsFile } from '../../lib/paths.ts';
import { readNamed } from '../../lib/read-named.ts';
import { parseSettings, type ReadSettings } from './parse.ts';
import type { NodeSettings } from './settings.ts';

const limit = { bytes: 1 << 20 };

/**
 * The settings of a file; without one, those of the usual place, or the defaults.
 * @throws HeddleError ERR_FILE_NOT_FOUND, ERR_FILE_TOO_LARGE, ERR_NODE_SETTINGS; InvalidInput
 */
export function readSettings(file?: string): NodeSettings {
  if (file === undefined && !existsSync(settingsFile)) return parseSettings('', settingsFile).settings;
  const named = file ?? settingsFile;
  const read = parseSettings(readNamed(named, limit).toString('utf8'), named);
  const { state, api } = read.settings;
  checkSecret(read, ['state', 'etcd', 'key'], state.etcd?.key);
  checkSecret(read, ['state', 'etcd', 'passwordFile'], state.etcd?.passwordFile);
  checkSecret(read, ['api', 'key'], api?.key);
  return read.settings;
}

/** A private key or a password is root's: as PostgreSQL has it, a group of root's choice may read it, and nobody else. */
function checkSecret({ at }: ReadSettings, name: readonly string[], file: string | undefined): void {
  if (file === undefined) return;
  const place = at(name);
  const refused = (why: string, hint?: string) =>
    new HeddleError('ERR_NODE_SETTINGS', `${name.join('.')}: ${file} ${why}`, {
      at: place,
      hint,
    });
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw refused('is no file');
  const allowed = found.uid === 0 ? 0o640 : 0o600;
  const mode = found.mode & 0o777;
  if ((mode & ~allowed) !== 0)
    throw refused(`is for others to read or to change (mode ${mode.toString(8)})`, `chmod 600 ${file}`);
}
