import type { ContainerSpec } from '../../selector/spec.ts';

const units = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/** Bytes after which a log begins anew, as `max-size` says it (`10m`); nothing: it grows. Pure. */
export function logSize({ logging }: Pick<ContainerSpec, 'logging'>): number | undefined {
  const [, number, unit = ''] = /^(\d+)\s*([kmg]?)b?$/i.exec(logging?.options['max-size'] ?? '') ?? [];
  return number === undefined ? undefined : Number(number) * units[unit.toLowerCase() as keyof typeof units];
}

/** Options of `logging` that would not be kept. Pure. */
export function unkeptLogOptions({ logging }: Pick<ContainerSpec, 'logging'>): string[] {
  return Object.keys(logging?.options ?? {}).filter(
    (name) =>
      name !== 'max-size' || logSize({ logging: logging as NonNullable<typeof logging> }) === undefined,
  );
}
