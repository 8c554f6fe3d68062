import { sizeText } from '../../lib/size-text.ts';

/** What a hook has put out, for later hooks and for services: data, and nothing that is carried out. */
export type Outputs = Readonly<Record<string, string | number | boolean>>;

/** Bytes of all that a hook puts out, how many values that may be, and characters of one. */
export const most = { bytes: 64 * 1024, values: 100, characters: 16 * 1024 } as const;

const nameRule = /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/;

/**
 * What a hook has printed, as outputs: a map of names to texts, numbers and booleans, or nothing at all. Pure. What it holds is
 * quoted nowhere: it may be a secret.
 * @returns why it is none, in words
 */
export function parseOutputs(printed: string): Outputs | string {
  if (printed.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(printed);
  } catch {
    return 'what it put out is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'what it put out is no map of names to values';
  const entries = Object.entries(value);
  if (entries.length > most.values) return `it put out more than ${most.values} values`;
  for (const [name, one] of entries) {
    if (!nameRule.test(name))
      return `it put out a value whose name is none: letters, digits, "_", "." and "-", at most 63, the first a letter`;
    const isPlain = ['string', 'number', 'boolean'].includes(typeof one);
    if (!isPlain) return `its output ${name} is no text, number or boolean`;
    if (typeof one === 'string' && one.length > most.characters)
      return `its output ${name} is longer than ${most.characters} characters`;
  }
  return Object.fromEntries(entries) as Outputs;
}

/** In words. */
export const tooMuch = `it put out more than ${sizeText(most.bytes)}`;
