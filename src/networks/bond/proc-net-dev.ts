import { readFileSync } from 'node:fs';

/** What the kernel counts of an interface. */
export interface DeviceCounters {
  /** Bytes. */
  readonly sent: number;
  readonly received: number;
  /** Frames that were spoilt. */
  readonly errors: number;
}

/** Of all interfaces of this host (proc(5), /proc/net/dev), without a program that would have to be started. */
export function deviceCounters(text = readFileSync('/proc/net/dev', 'utf8')): Map<string, DeviceCounters> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.lastIndexOf(':');
      if (at === -1) return [];
      const figures = line
        .slice(at + 1)
        .trim()
        .split(/\s+/)
        .map(Number);
      const [received = 0, , receiveErrors = 0, , , , , , sent = 0, , sendErrors = 0] = figures;
      return [[line.slice(0, at).trim(), { sent, received, errors: receiveErrors + sendErrors }] as const];
    }),
  );
}
