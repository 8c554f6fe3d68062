import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../lib/errors.ts';

/**
 * An empty file is a database without tables to SQLite, and would be taken for a first start.
 * @throws HeddleError ERR_STATE when state was there and is gone
 */
export function refuseEmptied(stateDir: string): void {
  const file = path.join(stateDir, 'state.db');
  const folder = path.join(stateDir, 'applications');
  if (!existsSync(file) || statSync(file).size > 0 || existsSync(`${file}-wal`)) return;
  const applications = existsSync(folder) ? readdirSync(folder) : [];
  if (applications.length === 0) return;
  throw new HeddleError(
    'ERR_STATE',
    `${file} is empty, and there is data of the applications ${applications.join(', ')}`,
    {
      hint: 'put a backup in its place; or remove it, and run `heddle up` with the file of each application',
    },
  );
}
