import type { Kept } from './collection.ts';
import type { Status } from './network.ts';
import type { Wanted } from './resources.ts';

/** A resource as the API shows it: what is wanted, without how it is kept, and what is there. */
export function shown<W extends Wanted>({
  wanted,
  revision,
  status,
}: Kept<W>): Omit<W, 'wish' | 'deleting'> & {
  readonly revision: number;
  readonly status: Status;
} {
  const { wish: _, deleting, ...resource } = wanted;
  return { ...resource, revision, status: deleting ? { ...status, phase: 'deleting' } : status };
}
