import { canonicalJson } from '../../lib/hash.ts';
import type * as z from '../../lib/zod.ts';

type Options = Readonly<Record<string, unknown>>;

export interface Carried {
  /** What the other schema takes. */
  readonly options: Options;
  /** Keys that it does not take, or not so, and that differ from what would be if nothing were said. */
  readonly lost: readonly string[];
}

/** What another schema takes of options that one has. Pure. */
export function carriedOptions(options: Options, own: z.ZodType, other: z.ZodType): Carried {
  const defaults = own.safeParse({});
  const isSaid = (key: string) =>
    !defaults.success ||
    canonicalJson(options[key] ?? null) !== canonicalJson((defaults.data as Options)[key] ?? null);
  const kept = { ...options };
  const lost: string[] = [];
  for (;;) {
    const { error } = other.safeParse(kept);
    const refused = error?.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' && issue.path.length === 0
        ? issue.keys
        : issue.path.slice(0, 1).map(String),
    );
    const keys = (refused ?? []).filter((key) => Object.hasOwn(kept, key));
    if (keys.length === 0) return { options: kept, lost };
    for (const key of keys) {
      delete kept[key];
      if (isSaid(key)) lost.push(key);
    }
  }
}
