/** What moves a terminal's cursor, changes its state, or turns the direction of a text (UAX #9). */
const ACTS = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text of others on its way to a terminal: what would act there is written out, but for line ends and tabs. */
export function printable(text: string): string {
  return text.replace(ACTS, (char) => (char === '\n' || char === '\t' ? char : written(char)));
}

/** The same for what has to stay in one line. */
export function printableLine(text: string): string {
  return text.replace(ACTS, written);
}

function written(char: string): string {
  const known: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\e' };
  const code = char.charCodeAt(0);
  return known[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
