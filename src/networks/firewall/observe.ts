import type { Namespace } from '../ip.ts';
import { observeStamp } from '../stamp.ts';

/** What the rules in a function's namespace were made from; nothing: there are none, and everything passes. */
export function observeRuleset(namespace: Namespace): Promise<string | undefined> {
  return observeStamp(namespace, [
    { family: 'bridge', name: 'heddle' },
    { family: 'inet', name: 'heddle' },
  ]);
}
