import type { NodeInfo } from '../../api/messages.ts';
import type { NodePaths } from '../../lib/paths.ts';

/** What `heddle doctor` says of one thing. Stable. */
export interface Finding {
  /** What was looked at: `kernel`, `disk`. */
  readonly check: string;
  /** `warning`: something is lost. `error`: Heddle, or what the finding names, does not work. */
  readonly status: 'ok' | 'warning' | 'error';
  /** What was found, and what follows from it. */
  readonly what: string;
  /** What to do; null when there is nothing to do. */
  readonly remedy: string | null;
}

/** What the checks start from. */
export interface Surroundings {
  readonly root: boolean;
  readonly paths: NodePaths;
  readonly node: NodeInfo | undefined;
}

export function ok(check: string, what: string): Finding {
  return { check, status: 'ok', what, remedy: null };
}

export function warning(check: string, what: string, remedy: string | null = null): Finding {
  return { check, status: 'warning', what, remedy };
}

export function error(check: string, what: string, remedy: string): Finding {
  return { check, status: 'error', what, remedy };
}
