import type { ScalarValue } from '../tree.ts';

/**
 * The value of an unquoted scalar as Compose's YAML reader has it: YAML 1.2, but with a leading zero an
 * integer is octal (`mode: 0440`), and digits may be grouped with `_`.
 */
export function plainScalar(source: string, parsed: unknown): ScalarValue {
  if (/^[-+]?0[0-7_]+$/.test(source)) return Number.parseInt(source.replaceAll('_', ''), 8);
  if (/^[-+]?0b[01_]+$/.test(source)) return Number.parseInt(source.replaceAll('_', '').replace('0b', ''), 2);
  if (/^[-+]?[1-9][0-9]*(_[0-9]+)+$/.test(source)) return Number(source.replaceAll('_', ''));
  if (typeof parsed === 'number') {
    // Beyond what a double holds exactly, the digits that were written are worth more than a number.
    return Number.isInteger(parsed) && !Number.isSafeInteger(parsed) ? source : parsed;
  }
  if (typeof parsed === 'bigint') return source;
  if (typeof parsed === 'string' || typeof parsed === 'boolean' || parsed === null) return parsed;
  return source;
}

/** The value that YAML's core schema gives to an unquoted scalar. */
export function coreScalar(source: string): ScalarValue {
  if (/^(~|null|Null|NULL|)$/.test(source)) return null;
  if (/^(true|True|TRUE)$/.test(source)) return true;
  if (/^(false|False|FALSE)$/.test(source)) return false;
  if (/^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(source)) return Number(source);
  return source;
}
