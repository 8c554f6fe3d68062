import type { ErrorCode } from '../lib/error-codes.ts';
import { type Diagnostic, InvalidInput, type Location } from '../lib/errors.ts';

/** Gathers what is wrong, so that the reader hears everything at once. The same finding twice is one. */
export class Findings {
  readonly #all: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  error(code: ErrorCode, message: string, at?: Location, hint?: string): void {
    this.#add({ severity: 'error', code, message, at, hint });
  }

  warn(code: ErrorCode, message: string, at?: Location, hint?: string): void {
    this.#add({ severity: 'warning', code, message, at, hint });
  }

  /** A warning that is worth one place only, however often it applies. */
  warnOnce(code: ErrorCode, message: string, at: Location): void {
    this.#add({ severity: 'warning', code, message, at }, `${code}:${message}`);
  }

  get errorCount(): number {
    return this.#all.filter((d) => d.severity === 'error').length;
  }

  get warnings(): Diagnostic[] {
    return this.#all.filter((d) => d.severity === 'warning').sort(byPlace);
  }

  /** Ends the loading if there was an error; warnings come along. */
  throwIfErrors(): void {
    if (this.errorCount > 0) throw new InvalidInput([...this.#all].sort(byPlace));
  }

  #add(d: Diagnostic, key = `${d.at?.file}:${d.at?.line}:${d.at?.column}:${d.code}:${d.message}`): void {
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#all.push(d);
  }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [x, y] = [a.at, b.at];
  if (!x || !y) return Number(Boolean(x)) - Number(Boolean(y));
  if (x.file !== y.file) return x.file < y.file ? -1 : 1;
  return x.line - y.line || x.column - y.column;
}
