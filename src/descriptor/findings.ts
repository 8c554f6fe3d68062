import type { ErrorCode } from '../lib/error-codes.ts';
import { type Diagnostic, formatLocation, InvalidInput, type Location } from '../lib/errors.ts';
import { Allowance, type Allowed } from './allowance.ts';

/** Gathers what is wrong, so that the reader hears everything at once. The same finding twice is one. */
export class Findings {
  readonly #all: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #spoilt = new Set<string>();
  readonly #allowance = new Allowance();

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

  /** A variable without a value, told once, however often and by however many readings it is used. */
  unset(name: string, at: Location): void {
    this.warnOnce(
      'WARN_INTERPOLATION_UNSET',
      `the variable ${name} is not set; an empty text takes its place`,
      at,
    );
  }

  /** Counts what a project makes of its text. Too much of it ends the loading at once: going on is what costs. */
  spend(what: Allowed, count: number, at: Location | undefined): void {
    const problem = this.#allowance.take(what, count);
    if (problem === undefined) return;
    this.error('ERR_COMPOSE_LIMIT', problem, at);
    this.throwIfErrors();
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

  #add(d: Diagnostic, key = `${placeOf(d)}:${d.code}:${d.message}`): void {
    // What became of a variable that could not be replaced is no fault of the value.
    if (this.#seen.has(key) || this.#spoilt.has(placeOf(d))) return;
    this.#seen.add(key);
    this.#all.push(d);
    if (d.code === 'ERR_INTERPOLATION' && d.at) this.#spoilt.add(placeOf(d));
  }
}

function placeOf({ at }: Diagnostic): string {
  return at ? formatLocation(at) : '';
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  const [x, y] = [a.at, b.at];
  if (!x || !y) return Number(Boolean(x)) - Number(Boolean(y));
  if (x.file !== y.file) return x.file < y.file ? -1 : 1;
  return x.line - y.line || x.column - y.column;
}
