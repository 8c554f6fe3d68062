import { existsSync, readFileSync } from 'node:fs';
import * as z from '../../lib/zod.ts';

/** What an interface of this host carried in a turn, in the direction in which that was more. */
export const linkUseSchema = z.strictObject({
  interface: z.string(),
  bitsPerSecond: z.number().min(0),
  share: z.number().min(0).optional().describe('Of what the link can carry, where that is known.'),
});
export type LinkUse = z.infer<typeof linkUseSchema>;

/** Bytes that have passed, by interface. */
export type LinkBytes = ReadonlyMap<string, { readonly received: number; readonly sent: number }>;

/** Of the busiest: what carried less is not named. */
const least = 0.01;

/** Of this process’s network namespace, since they are there. */
export function linkBytes(): LinkBytes {
  return parseLinks(readFileSync('/proc/net/dev', 'utf8'));
}

/** Reads `/proc/net/dev` (proc(5)). Pure. */
export function parseLinks(text: string): LinkBytes {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, counters] = /^\s*(\S+):\s*(.*)$/.exec(line) ?? [];
    const [received, , , , , , , , sent] = (counters ?? '').split(/\s+/).map(Number);
    return name === undefined || received === undefined || sent === undefined
      ? []
      : [[name, { received, sent }] as const];
  });
  return new Map(lines);
}

/** What passed between two looks, the busiest first. `speedOf`: bits a second that an interface can carry. Pure. */
export function usedLinks(
  before: LinkBytes,
  after: LinkBytes,
  seconds: number,
  speedOf: (name: string) => number | undefined,
): LinkUse[] {
  const all = [...after].map(([name, now]) => {
    const { received, sent } = before.get(name) ?? { received: 0, sent: 0 };
    const bitsPerSecond = (Math.max(now.received - received, now.sent - sent, 0) * 8) / seconds;
    const speed = speedOf(name);
    return { interface: name, bitsPerSecond, ...(speed !== undefined && { share: bitsPerSecond / speed }) };
  });
  const busiest = Math.max(...all.map(({ bitsPerSecond }) => bitsPerSecond));
  return all
    .filter(({ bitsPerSecond }) => bitsPerSecond > 0 && bitsPerSecond >= busiest * least)
    .sort((one, other) => other.bitsPerSecond - one.bitsPerSecond);
}

/** Of an interface that is a device: what virtual ones say of theirs means nothing. */
export function linkSpeed(name: string): number | undefined {
  if (!existsSync(`/sys/class/net/${name}/device`)) return undefined;
  try {
    const megabits = Number(readFileSync(`/sys/class/net/${name}/speed`, 'utf8'));
    return megabits > 0 ? megabits * 1e6 : undefined;
  } catch {
    // Some devices know none.
    return undefined;
  }
}
