/** As a person reads them; nothing where they are not known. */
export function microsecondsText(value: number | null): string {
  if (value === null) return '';
  return value < 1000 ? `${value.toFixed(1)} µs` : `${(value / 1000).toFixed(1)} ms`;
}
