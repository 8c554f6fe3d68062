import { statSync } from 'node:fs';
import { HeddleError } from '../lib/errors.ts';

/** Of a network namespace by its path: what will be found there later may be another. @throws HeddleError ERR_NAMESPACE */
export function inodeOf(namespace: string): number {
  try {
    return statSync(namespace).ino;
  } catch (cause) {
    throw new HeddleError('ERR_NAMESPACE', `${namespace}: the namespace is not there`, { cause });
  }
}
