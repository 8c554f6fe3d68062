/** A command line as Compose splits it. */
interface Words {
  readonly words: readonly string[];
  /** From the first unquoted `;`, `&`, `|`, `<` or `>` on, which Compose leaves out: no shell reads the line. */
  readonly leftOut?: string;
}

/**
 * One piece of a line: single quotes, double quotes, an escaped character, what a shell would replace by a command's output,
 * an operator of a shell, plain text, or the white space between words.
 */
const PIECE =
  /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|(\$\([^()]*\)|`[^`]*`)|([;&|<>])|([^ \t\r\n'"\\;&|<>()`$]+|\$(?!\())|([ \t\r\n]+)/y;

/** Splits a command line; `undefined` when a quote or a parenthesis is not closed, or a backslash has nothing to quote. */
export function splitWords(line: string): Words | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(line);
    if (!piece) return undefined;
    const [, single, double, escaped, replaced, operator, plain, space] = piece;
    if (operator !== undefined) {
      // The number of a descriptor belongs to what is left out: `2>`.
      const descriptor = operator === '>' && word !== undefined && /^[0-9]/.test(word);
      if (word !== undefined && !descriptor) words.push(word);
      return { words, leftOut: line.slice(at) };
    }
    if (space === undefined) {
      word = (word ?? '') + (single ?? double?.replace(/\\([\s\S])/g, '$1') ?? escaped ?? replaced ?? plain);
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return { words };
}
