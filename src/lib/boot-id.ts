import { readFileSync } from 'node:fs';

/** Of this run of the kernel (random(4)): the next has none of the interfaces of before. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
