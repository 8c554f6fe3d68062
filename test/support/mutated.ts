import fc from 'fast-check';

type Path = readonly (string | number)[];

/** A message with something else in one place of it, or without that. */
export function mutated(message: unknown): fc.Arbitrary<unknown> {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      undefined,
      null,
      -1,
      65_536,
      2 ** 53,
      '',
      '../..',
      '\u0000',
      'x'.repeat(5000),
      '__proto__',
    ),
  );
  return fc
    .tuple(fc.constantFrom(...pathsIn(message)), odd)
    .map(([path, value]) => replaced(message, path, value));
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string | number, unknown>)[key] = replaced(
    (value as Record<string | number, unknown>)[key],
    rest,
    by,
  );
  return copy;
}
