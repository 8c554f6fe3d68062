/** A text with variables, taken apart. */
export type Part = string | Variable;
export interface Variable {
  readonly name: string;
  /** `:-` `-` default, `:?` `?` required, `:+` `+` replacement; with the colon an empty value counts as unset. */
  readonly operator?: ':-' | '-' | ':?' | '?' | ':+' | '+';
  /** What follows the operator: itself a template. */
  readonly operand: readonly Part[];
}

export class TemplateError extends Error {}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:-|-|:\?|\?|:\+|\+/y;
/** Nobody nests defaults deeper than this; a bound keeps recursion finite. */
const MAX_NESTING = 50;

/** Takes `$NAME`, `${NAME…}` and `$$` apart; any other `$` is one. Throws TemplateError for a malformed `${…}`. */
export function parseTemplate(text: string, depth = 0): Part[] {
  if (!text.includes('$')) return text === '' ? [] : [text];
  if (depth > MAX_NESTING) throw new TemplateError(`variables are nested more than ${MAX_NESTING} deep`);
  const parts: Part[] = [];
  let literal = '';
  for (let i = 0; i < text.length; ) {
    const dollar = text.indexOf('$', i);
    if (dollar === -1) {
      literal += text.slice(i);
      break;
    }
    literal += text.slice(i, dollar);
    if (text[dollar + 1] === '$') {
      literal += '$';
      i = dollar + 2;
      continue;
    }
    const found = text[dollar + 1] === '{' ? parseBraced(text, dollar, depth) : parseNamed(text, dollar);
    if (found === undefined) {
      literal += '$';
      i = dollar + 1;
      continue;
    }
    const { variable, end } = found;
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(variable);
    i = end;
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

interface Found {
  readonly variable: Variable;
  readonly end: number;
}

function parseNamed(text: string, dollar: number): Found | undefined {
  const name = match(NAME, text, dollar + 1);
  return name === undefined ? undefined : { variable: { name, operand: [] }, end: dollar + 1 + name.length };
}

function parseBraced(text: string, dollar: number, depth: number): Found {
  const close = closingBrace(text, dollar + 1);
  if (close === -1) throw new TemplateError(`"}" is missing after "${clip(text, dollar)}"`);
  const name = match(NAME, text, dollar + 2);
  if (name === undefined) throw new TemplateError(`there is no name in "${text.slice(dollar, close + 1)}"`);
  const afterName = dollar + 2 + name.length;
  if (afterName === close) return { variable: { name, operand: [] }, end: close + 1 };
  const operator = match(OPERATOR, text, afterName) as Variable['operator'];
  if (operator === undefined || afterName + operator.length > close) {
    throw new TemplateError(`"${text.slice(dollar, close + 1)}" is not a form of variable`);
  }
  const operand = parseTemplate(text.slice(afterName + operator.length, close), depth + 1);
  return { variable: { name, operator, operand }, end: close + 1 };
}

/** The brace that closes the one at `open`; where they do not match, the last there is, as in Compose. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    if (text[i] === '{') depth += 1;
    if (text[i] === '}') {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  const last = text.lastIndexOf('}');
  return last > open ? last : -1;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function clip(text: string, from: number): string {
  return text.length - from > 30 ? `${text.slice(from, from + 30)}…` : text.slice(from);
}
