import { words } from '../../bpf/words.ts';
import { type Entry, type Formatted, type RuleEntry, ruleEntry } from './heads.ts';
import type { Hops, Passage } from './hops.ts';

/**
 * Where frames are to go in the place of ports of passages: to what comes behind these, on either way. Of one from which nothing
 * leads on nothing is said. Pure.
 */
export function pastPassages(
  hops: Hops,
  passages: readonly Pick<Passage, 'outer' | 'inner'>[],
): ReadonlyMap<number, number> {
  const across = new Map(
    passages.flatMap(({ outer, inner }) => [[outer, inner] as const, [inner, outer] as const]),
  );
  const behind = (port: number): number | undefined => {
    let next: number | undefined = port;
    // Not more often than there are ports: what leads round for ever leads nowhere.
    for (let left = across.size; left > 0 && next !== undefined; left--) {
      const exit = across.get(next);
      if (exit === undefined) return next;
      next = hops.get(exit);
    }
    return next !== undefined && across.has(next) ? undefined : next;
  };
  return new Map(
    [...across.keys()].flatMap((port) => {
      const next = behind(port);
      return next === undefined || next === 0 ? [] : [[port, next] as const];
    }),
  );
}

/** Keys and values of the entries that change where frames are led past ports; each takes the place of the one before at once. Pure. */
export function redirected(
  hops: readonly Formatted<number, number>[],
  rules: readonly RuleEntry[],
  past: ReadonlyMap<number, number>,
): { readonly hops: readonly Entry[]; readonly rules: readonly Entry[] } {
  return {
    hops: hops.flatMap(({ formatted: { key, value } }): Entry[] => {
      const next = past.get(value);
      return next === undefined ? [] : [[words(key), words(next)]];
    }),
    rules: rules.flatMap(({ formatted: { key, value } }): Entry[] => {
      const next = past.get(value.next);
      return next === undefined ? [] : [ruleEntry(key, { ...value, next })];
    }),
  };
}
