type Defined<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** The object without the keys that have no value: an absent key and `undefined` are not the same here. */
export function present<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as object as Defined<T>;
}

/** A map of texts, from one that may hold numbers, or nothing. */
export function textMap(
  map: Readonly<Record<string, string | number | null>> | null | undefined,
): Record<string, string> {
  const entries = Object.entries(map ?? {}).map(([key, value]) => [key, value === null ? '' : String(value)]);
  return Object.fromEntries(entries);
}
