import { didYouMean } from '../../lib/did-you-mean.ts';
import type { ErrorCode } from '../../lib/error-codes.ts';
import * as z from '../../lib/zod.ts';
import { parseBoolean, parseBytes, parseDuration } from './units.ts';

/** Short forms that the file may have where the schema describes the long form; only for the JSON Schema. */
export const shortForms = new WeakMap<object, { readonly short: z.ZodType }>();

/** The long form, noting the short one for editors. */
export function withShort<Long extends z.ZodType>(long: Long, short: z.ZodType): Long {
  // A copy: the same schema may stand elsewhere without a short form, or with another.
  const own = long.clone();
  shortForms.set(own, { short });
  return own;
}

/** A map with known keys only. Its message for unknown keys has a line for each, with what may be meant. */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => didYouMean(key, known) ?? '').join('\n')
        : undefined,
  });
}

/** What is written, turned into what it means; `expected` says what it may be. */
export function converted<Written extends z.ZodType, Value>(
  written: Written,
  convert: (value: z.output<Written>) => Value | undefined,
  expected: string,
) {
  return written.transform((value, context): Value => {
    const result = convert(value);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: `expected ${expected}, got ${JSON.stringify(value)}` });
    return z.NEVER;
  });
}

export const text = z.string();
export const texts = z.array(z.string());
/** Text that `${NAME:-}` may leave empty, which is as good as not written. */
export const maybeText = z.string().transform((value) => (value === '' ? undefined : value));

/** The same, where what is written has to have a form. */
export function maybe(form: RegExp, expected: string) {
  return z
    .string()
    .refine((value) => value === '' || form.test(value), expected)
    .transform((value) => (value === '' ? undefined : value));
}
/** Numbers come as text where a variable stood. */
const numberOrText = z.union([z.number(), z.string()]);

export const boolean = converted(
  z.union([z.boolean(), z.string()]),
  (value) => (typeof value === 'boolean' ? value : parseBoolean(value)),
  'true or false',
);

export const number = converted(
  numberOrText,
  (value) => (/^-?[0-9]*\.?[0-9]+$/.test(String(value)) ? Number(value) : undefined),
  'a number',
);

export const integer = converted(
  numberOrText,
  (value) => (/^-?[0-9]{1,15}$/.test(String(value)) ? Number(value) : undefined),
  'a whole number',
);

export const count = converted(
  numberOrText,
  (value) => (/^[0-9]{1,9}$/.test(String(value)) ? Number(value) : undefined),
  'a whole number from 0',
);

export const bytes = converted(numberOrText, parseBytes, 'a size such as 64M, 1gb or a number of bytes');

/** A size, or −1 for as much as there is. */
export const bytesOrAll = converted(
  numberOrText,
  (value) => (String(value) === '-1' ? -1 : parseBytes(value)),
  'a size such as 64M, 1gb or a number of bytes, or -1',
);

export const duration = converted(
  z.string({
    error: (issue) =>
      typeof issue.input === 'number' ? `${issue.input} has no unit: write "${issue.input}s"` : undefined,
  }),
  parseDuration,
  'a duration such as 30s, 200ms or 1m30s',
).meta({
  description: 'A duration such as 30s, 200ms or 1m30s.',
});

/** Access rights: octal text, or the number (which YAML reads as octal when it starts with 0). */
export const mode = converted(
  numberOrText,
  (value) => {
    const result = typeof value === 'number' ? value : Number.parseInt(value, 8);
    const valid = typeof value === 'number' || /^(0o?)?[0-7]+$/.test(value);
    return valid && Number.isInteger(result) && result >= 0 && result <= 0o7777 ? result : undefined;
  },
  'octal access rights such as 0440',
);

const MAP_OR_LIST = 'expected a map, or a list of NAME=VALUE';

/** What can name a variable: an engine, and every program, splits `NAME=VALUE` at the first `=`. */
const variableName = z
  .string()
  .regex(/^[^\s=\p{Cc}]+$/u, 'the name of a variable holds no white space, no "=" and is not empty');

/** A map from names to texts, or to nothing, after the list form was made a map. */
export const keyValues = withShort(
  z.record(variableName, z.union([z.string(), z.number(), z.null()]), { error: MAP_OR_LIST }),
  z.union([texts, z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))]),
);

/** `labels` and the like. */
export const labels = withShort(
  z.record(z.string(), z.string(), { error: MAP_OR_LIST }),
  z.union([texts, z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))]),
);

export const options = withShort(
  z.record(z.string(), z.string()),
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
);

/** A list where a single text does as well. */
export const listOrOne = withShort(texts, text);

/** A list whose items may be numbers. */
export const textOrNumbers = withShort(texts, z.array(z.union([z.string(), z.number()])));

/** What an issue of `ignored` and `unsupported` says besides its message. */
export interface IssueParams {
  readonly code: ErrorCode;
}

/** A valid key that Heddle does not carry out, and that does no harm to leave out. */
export function ignored(instead = 'is not carried out and was ignored') {
  return verdict('WARN_COMPOSE_IGNORED', instead, isUnset);
}

/** A valid key without which the service would run with fewer bounds than its owner set, or not at all. */
export function unsupported(why: string, harmless: (value: unknown) => boolean = isUnset) {
  return verdict('ERR_COMPOSE_UNSUPPORTED', `is not carried out, and ${why}`, harmless);
}

function verdict(code: ErrorCode, message: string, harmless: (value: unknown) => boolean) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (harmless(value)) return;
      context.addIssue({ code: 'custom', message, params: { code } satisfies IssueParams });
    })
    .meta({ description: 'Valid in Compose; Heddle does not carry it out.' })
    .optional();
}

function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
