import { Document, Scalar, visit } from 'yaml';
import type { Descriptor } from './descriptor.ts';
import { redact } from './redact.ts';

export interface RenderOptions {
  readonly showSecrets: boolean;
  readonly format: 'yaml' | 'json';
}

/**
 * What stands in the place of a secret. It is a reference that has no value: whoever deploys what was printed is told so at its
 * place, by Compose as well, and no service ever starts with three stars for its password.
 */
const LEFT_OUT = '${HEDDLE_LEFT_OUT:?a secret was left out here; `heddle config --show-secrets` prints it}';
/** Stands for it until every other `$` is doubled; no YAML text holds this character. */
const MARK = '\u0000';

/** The merged project as `docker compose config` prints it: long forms, sorted keys, `$` written `$$`. */
export function renderConfig(descriptor: Pick<Descriptor, 'model'>, options: RenderOptions): string {
  const shown = options.showSecrets ? descriptor.model : redact(descriptor.model, MARK);
  return printed(escapeDollars(shown), options.format);
}

/** A project whose variables stand where they were written; a reference to one is no secret. */
export function renderUnfilled(model: unknown, options: RenderOptions): string {
  const shown = options.showSecrets ? model : redact(model, MARK, (text) => text.includes('$'));
  return printed(markLeftOut(shown), options.format);
}

function printed(model: unknown, format: RenderOptions['format']): string {
  const ready = sorted(model, true);
  if (format === 'json') return `${JSON.stringify(ready, null, 2)}\n`;
  // Anchors would be legal, but nobody wants to read `&a1` where each value stood on its own.
  // Readers of YAML 1.1 take `yes` for a truth: what is text stands between quotes.
  const document = new Document(ready, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && ACTS.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({ lineWidth: 0 });
  return text.replace(ALL_THAT_ACT, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What acts on a terminal and is left as it is by the YAML library, which writes out the rest. Between double quotes it can be. */
const ACTS = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const ALL_THAT_ACT = new RegExp(ACTS, 'gu');

const FIRST = ['name', 'services', 'networks', 'volumes', 'configs', 'secrets'];

function sorted(value: unknown, top: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, false));
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  const order = top
    ? [...FIRST.filter((key) => keys.includes(key)), ...keys.filter((k) => !FIRST.includes(k))]
    : keys;
  return Object.fromEntries(
    order.map((key) => [key, sorted((value as Record<string, unknown>)[key], false)]),
  );
}

/** What was printed can be read again and gives the same. */
function escapeDollars(value: unknown): unknown {
  if (typeof value === 'string') return markLeftOut(value.replaceAll('$', '$$$$'));
  if (Array.isArray(value)) return value.map(escapeDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escapeDollars(item)]));
}

function markLeftOut(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(MARK, () => LEFT_OUT);
  if (Array.isArray(value)) return value.map(markLeftOut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, markLeftOut(item)]));
}
