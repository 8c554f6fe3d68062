import type * as z from './zod.ts';

/** The first thing that is wrong with a value, in words for who wrote it: `steer has to be gateway or direct, not "sideways"`. */
export function plainIssue(issues: readonly z.core.$ZodIssue[], value: unknown, whole: string): string {
  const [issue] = issues;
  if (!issue) return `${whole} is not understood`;
  const path = issue.path.map(String);
  const where = path.length > 0 ? path.join('.') : whole;
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `"${key.slice(0, 40)}"`).join(', ');
    return `${where} has the key${issue.keys.length > 1 ? 's' : ''} ${keys}, which there ${issue.keys.length > 1 ? 'are' : 'is'} not`;
  }
  const found = shown(valueAt(value, path));
  if (issue.code === 'invalid_type') return `${where} has to be ${typeWords(issue.expected)}, not ${found}`;
  if (issue.code === 'invalid_value')
    return `${where} has to be ${issue.values.map(String).join(' or ')}, not ${found}`;
  if (issue.code === 'too_small') return `${where} is too small or too short: ${found}`;
  if (issue.code === 'too_big') return `${where} is too large or too long: ${found}`;
  if (issue.code === 'invalid_key')
    return `${where} is no name that there can be: ${issue.issues[0]?.message ?? ''}`;
  return `${where} is ${found}: ${issue.message}`;
}

/** A value as a reader would write it, short. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, 60))}`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a set of keys and values';
  return String(value).slice(0, 60);
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as [berlin]',
  object: 'keys and values, such as { key: value }',
  record: 'keys and values, such as { key: value }',
};

function typeWords(expected: string): string {
  return types[expected] ?? expected;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
