import { type Part, parseTemplate, TemplateError, type Variable } from './template.ts';

/** Looks a variable up; `undefined`: not set. */
export type Lookup = (name: string) => string | undefined;

/**
 * The text with its variables replaced, by Compose's rules. `onUnset` hears of variables that are not set
 * and have no default. Throws TemplateError for a malformed expression or a required variable without value.
 */
export function interpolate(text: string, lookup: Lookup, onUnset: (name: string) => void): string {
  if (!text.includes('$')) return text;
  return render(parseTemplate(text), lookup, onUnset);
}

function render(parts: readonly Part[], lookup: Lookup, onUnset: (name: string) => void): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : resolveVariable(part, lookup, onUnset);
  return text;
}

function resolveVariable(variable: Variable, lookup: Lookup, onUnset: (name: string) => void): string {
  const { name, operator, operand } = variable;
  const value = lookup(name);
  const present = value !== undefined && (value !== '' || !operator?.startsWith(':'));
  switch (operator) {
    case ':-':
    case '-':
      return present ? value : render(operand, lookup, onUnset);
    case ':+':
    case '+':
      return present ? render(operand, lookup, onUnset) : '';
    case ':?':
    case '?': {
      if (present) return value;
      const message = render(operand, lookup, onUnset);
      throw new TemplateError(`the variable ${name} is required${message ? `: ${message}` : ''}`);
    }
    default:
      if (value === undefined) onUnset(name);
      return value ?? '';
  }
}
