import { InvalidArgumentError } from 'commander';
import type { ContainerStatus } from '../api/messages.ts';

/** What `ps` is asked to show. */
export interface PsFilter {
  readonly all?: boolean;
  readonly status?: readonly string[];
  /** A status, of `--filter status=…`. */
  readonly filter?: string;
  /** `--orphans=false` leaves them out. */
  readonly orphans?: boolean;
}

/** Docker's words for states that Heddle names otherwise; it has the others in common. */
const dockers: Readonly<Record<string, string>> = { exited: 'stopped', dead: 'stopped' };

export const statuses = ['created', 'running', 'paused', 'stopped', 'exited', 'detached'];

/** Of `--filter status=running`. */
export function statusFilter(text: string): string {
  const value = /^status=(.+)$/.exec(text)?.[1];
  if (value === undefined) throw new InvalidArgumentError('write it as status=running');
  return value;
}

/** `bare`: only names or ids are asked for, which scripts do for what runs of the application itself. */
export function isShown(container: ContainerStatus, filter: PsFilter, bare = false): boolean {
  const { all, status, filter: one, orphans } = filter;
  const { role, state, oneOff } = container;
  if ((oneOff || role === 'sandbox') && !all) return false;
  if (bare && role !== 'application') return false;
  if (container.orphan && orphans === false) return false;
  const wanted = [...(status ?? []), ...(one === undefined ? [] : [one])];
  if (wanted.length > 0) return wanted.some((word) => (dockers[word] ?? word) === state);
  return !bare || all === true || state === 'running' || state === 'paused';
}
