/** `1.2 kB`: powers of 1000, as `docker stats` and `ip -s -h` write them. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** `2.31 %` of a core. */
export function cpuText(cores: number): string {
  return `${(cores * 100).toFixed(2)} %`;
}

/** Milliseconds: `12.3 ms`; empty where it is not known. */
export function delayText(delay: number | null): string {
  return delay === null ? '' : `${delay.toFixed(1)} ms`;
}

/** A part of all: `0.5 %`; empty where it is not known. */
export function lossText(loss: number | null): string {
  return loss === null ? '' : `${(loss * 100).toFixed(1)} %`;
}
