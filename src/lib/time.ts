import { HeddleError } from './errors.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1m30s`, `200ms`, `2d`: milliseconds; nothing when it is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(value) * (units[unit ?? ''] ?? 0);
  }
  return total;
}

/**
 * A point in time as people write it: a duration before now, RFC 3339, or seconds since 1970. Milliseconds since 1970.
 * @throws HeddleError ERR_USAGE
 */
export function parseTime(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return Math.round(now - duration);
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const time = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(time)) return time;
  throw new HeddleError('ERR_USAGE', `"${text}" is no time`, {
    hint: 'write a duration before now (10m), RFC 3339 (2026-01-31T12:00:00Z) or seconds since 1970',
  });
}
