import { stripVTControlCharacters } from 'node:util';

/** What a program says when it fails: the line that calls itself an error, or the last. Pure. */
export function lastWords(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.replace(/^sockperf: /, '').trim())
    .filter((line) => line !== '');
  const error = lines.find((line) => /\berror\b/i.test(line)) ?? lines.at(-1);
  return error?.replace(/^ERROR: /, '') ?? 'it printed nothing';
}
