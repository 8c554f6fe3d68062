const units = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** How long a point in time (RFC 3339) is over, in its largest unit: `3 min`. */
export function agoText(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${unit}`;
}
