/** `1m30s`, `200ms`, `1.5h` as milliseconds; `undefined` when it is none. */
export function parseDuration(written: string): number | undefined {
  if (written === '0') return 0;
  const units: Readonly<Record<string, number>> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
    w: 604_800_000,
  };
  const part = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h|d|w)/y;
  let total = 0;
  while (part.lastIndex < written.length || total === 0) {
    const from = part.lastIndex;
    const found = part.exec(written);
    if (!found) return from === written.length && from > 0 ? total : undefined;
    total += Number(found[1]) * (units[found[2] ?? ''] ?? Number.NaN);
    if (part.lastIndex === written.length) return total;
  }
  return total;
}

/** `64M`, `1gb`, `1.5g`, `4096` as bytes; `undefined` when it is none. */
export function parseBytes(written: string | number): number | undefined {
  const found = /^([0-9]+(?:\.[0-9]+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(String(written).trim());
  if (!found) return undefined;
  const exponent = ['', 'k', 'm', 'g', 't', 'p'].indexOf((found[2] ?? '').toLowerCase());
  return Math.round(Number(found[1]) * 1024 ** exponent);
}

/** `true`, `yes`, `on` and their opposites, as a variable may hold them. */
export function parseBoolean(written: string): boolean | undefined {
  const word = written.toLowerCase();
  if (['true', 'yes', 'y', 'on', '1'].includes(word)) return true;
  if (['false', 'no', 'n', 'off', '0'].includes(word)) return false;
  return undefined;
}
