import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { HeddleError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../state/store.ts';
import { isSound } from './desired.ts';

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

/**
 * Puts aside what the node could not act on: a record of another version, or one that somebody has changed. One
 * application that is not understood keeps no other from being looked after.
 */
export function setAsideUnsound(store: Store, log: Log): void {
  const prefix = 'applications/';
  for (const { key, value } of store.list<unknown>(prefix)) {
    const project = key.slice(prefix.length);
    if (isSound(project, value)) continue;
    store.put(`unsound/${key}`, value);
    store.delete(key);
    log.error(
      { project, code: 'ERR_STATE' },
      'what is stored of this application is not understood, and was put aside; run `heddle up` with its file',
    );
  }
}
