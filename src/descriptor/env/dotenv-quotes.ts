/** The text between the quotes that open at `start`, its escapes replaced, and the offset behind the closing one. */
export function readQuoted(
  text: string,
  start: number,
  quote: '"' | "'",
): { text: string; end: number } | undefined {
  let inner = '';
  let from = start + 1;
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === '\\') {
      if (text[i + 1] === quote) {
        inner += text.slice(from, i);
        from = i + 1;
      }
      i += 1;
    } else if (text[i] === quote) {
      inner += text.slice(from, i);
      return { text: quote === '"' ? withEscapes(inner) : inner, end: i + 1 };
    }
  }
  return undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  $: '$$',
};

/** The escapes of double quotes. `\$` becomes `$$`, which interpolation turns into a literal `$`; `\0101` is octal. */
function withEscapes(text: string): string {
  return text.replace(/\\(?:([abfnrtv$"\\])|0(\d{0,3}))/g, (_, letter: string | undefined, digits = '') => {
    if (letter !== undefined) return ESCAPES[letter] ?? letter;
    // Anything but three octal digits is no escape; Compose drops the zero all the same.
    return /^[0-3][0-7]{2}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 8)) : `\\${digits}`;
  });
}
