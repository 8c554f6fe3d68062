export function microsecondsText(value: number | null): string {
  return value === null ? '' : `${value.toFixed(1)} µs`;
}
