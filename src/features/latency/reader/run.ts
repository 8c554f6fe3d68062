import * as z from '../../../lib/zod.ts';

/** Nanoseconds there and back, or lost: on the way there (`up`), on the way back (`down`), or who knows. */
const packet = z.union([z.tuple([z.number(), z.number()]), z.enum(['up', 'down', 'lost'])]);

/** A line of the sender's (catalogue/images/irtt/compact.awk): one run of irtt of about five seconds. */
const line = z.object({
  boot: z.string(),
  start: z.number(),
  every: z.number().positive(),
  planned: z.number().int(),
  to: z.string().optional(),
  missed: z.number().default(0),
  packets: z.array(packet).default([]),
  error: z.string().optional(),
});

export type Packet = z.infer<typeof packet>;
export type Run = z.infer<typeof line>;

/**
 * The runs of a time window (milliseconds since 1970), in the order of their starts. `text` is what a sender has
 * written; read from its end, so that a short window of a long file costs little. A line that is not whole, because
 * it is being written or the machine went down in it, is passed over.
 */
export function runsOf(text: string, since: number, until: number): Run[] {
  const lines = text.split('\n');
  const runs: Run[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const run = parseRun(lines[i] ?? '');
    if (!run) continue;
    // Runs overlap by their last second: one more may begin later than the one written after it.
    if (run.start < since - 60_000) break;
    if (run.start >= since && run.start < until) runs.push(run);
  }
  return runs.sort((a, b) => a.start - b.start);
}

export function parseRun(text: string): Run | undefined {
  if (!text.endsWith('}')) return undefined;
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/**
 * Packets that should have left in a run. A run that went to its end sent what it sent. One that had no answer, or
 * that the reflector's end cut off, covers the time until the next began: what was due in it was lost, though irtt
 * did not send it.
 */
export function dueIn(run: Run, next: Run | undefined): number {
  const sent = run.packets.length;
  if (sent > 0 && sent + run.missed >= run.planned) return sent;
  if (!next) return Math.max(sent, 1);
  const covered = Math.round((next.start - run.start) / run.every);
  return Math.max(sent, 1, Math.min(run.planned, covered));
}
