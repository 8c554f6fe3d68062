import type { NodeInfo } from '../../api/messages.ts';
import type { NodePaths } from '../../lib/paths.ts';
import { type Of, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

export const finding = record('Finding', 'What `heddle doctor` says of one thing. Stable.', {
  check: text.describe('What was looked at: `kernel`, `disk`.'),
  status: z
    .enum(['ok', 'warning', 'error'])
    .describe('`warning`: something is lost. `error`: Heddle, or what the finding names, does not work.'),
  what: text.describe('What was found, and what follows from it.'),
  remedy: text.nullable().describe('What to do; null when there is nothing to do.'),
});
export type Finding = Of<typeof finding>;

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
