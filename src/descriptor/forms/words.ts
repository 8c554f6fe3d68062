/** One piece of a word: quoted text, an escaped character, plain text, or the white space between words. */
const PIECE = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S]?)|([^\s'"\\]+)|(\s+)/y;

/** Splits a command line as a POSIX shell splits words; `undefined` when a quote is not closed. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(line);
    if (!piece) return undefined;
    const [, single, double, escaped, plain, space] = piece;
    if (space === undefined) {
      word =
        (word ?? '') + (single ?? (double === undefined ? (escaped ?? plain) : withoutBackslashes(double)));
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Between double quotes a backslash counts before a few characters only. */
function withoutBackslashes(text: string): string {
  return text.replace(/\\(["\\$`\n])/g, '$1');
}
