import { existsSync, readFileSync } from 'node:fs';
import { type InterfaceBytes, parseNetDev } from '../../lib/net-dev.ts';
import * as z from '../../lib/zod.ts';

/** What an interface of this host carried in a turn, in the direction in which that was more. */
export const linkUseSchema = z.strictObject({
  interface: z.string(),
  bitsPerSecond: z.number().min(0),
  share: z.number().min(0).optional().describe('Of what the link can carry, where that is known.'),
});
export type LinkUse = z.infer<typeof linkUseSchema>;

/** Of the busiest: what carried less is not named. */
const least = 0.01;

/** Of this process’s network namespace, since they are there. */
export function linkBytes(): InterfaceBytes[] {
  return parseNetDev(readFileSync('/proc/net/dev', 'utf8'));
}

/** What passed between two looks, the busiest first. `speedOf`: bits a second that an interface can carry. Pure. */
export function usedLinks(
  before: readonly InterfaceBytes[],
  after: readonly InterfaceBytes[],
  seconds: number,
  speedOf: (name: string) => number | undefined,
): LinkUse[] {
  const then = new Map(before.map((link) => [link.name, link]));
  const all = after.map(({ name, ...now }) => {
    const { received, sent } = then.get(name) ?? { received: 0, sent: 0 };
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
