import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../lib/errors.ts';
import { replaceFile } from '../lib/replace-file.ts';

/** The node's own key, made on its first start: hashes in labels are keyed with it. */
export function secretKey(stateDir: string): string {
  const file = path.join(stateDir, 'key');
  if (!existsSync(file)) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    replaceFile(file, randomBytes(32).toString('hex'), 0o600);
  }
  const key = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(key)) throw new HeddleError('ERR_STATE', `${file} does not hold a key`);
  return key;
}
