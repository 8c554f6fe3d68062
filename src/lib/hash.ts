import { createHash, createHmac } from 'node:crypto';

/** JSON with sorted keys and without `undefined`: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * Keyed hash of a value, 32 hex digits. Keyed, because it is put in labels that everybody who can ask the engine
 * reads: an unkeyed hash of a short secret is that secret.
 */
export function keyedHash(key: string, value: unknown): string {
  return createHmac('sha256', key).update(canonicalJson(value)).digest('hex').slice(0, 32);
}

/** Plain hash of bytes, hex. For content that is no secret. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
