import { lstat } from 'node:fs/promises';
import { readBoundedAsync } from '../../lib/read-bounded.ts';
import * as z from '../../lib/zod.ts';
import type { RankProgress } from '../../monitor/jobs/status.ts';

/** Bytes: a rank says a few numbers. */
const largest = 64 * 1024;

const seconds = z.number().min(0).max(1e10);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a rank writes: one JSON object, put in place whole by rename(2). What else it writes there is its own. */
const said = z.looseObject({
  step: count,
  // What is not understood of the rest is as good as not said.
  steps: count.optional().catch(undefined),
  phase: z.enum(['compute', 'network', 'data']).optional().catch(undefined),
  seconds: z.looseObject({ compute: seconds, network: seconds, data: seconds }).optional().catch(undefined),
  loss: z.number().nullish().catch(undefined),
  checkpoint: count.optional().catch(undefined),
});

/** Nothing where it is not understood. Pure. */
export function parseProgress(text: string, at: Date): RankProgress | undefined {
  const { data } = said.safeParse(jsonOf(text));
  if (!data) return undefined;
  const { step, steps = null, phase = null, seconds: times, loss = null, checkpoint = null } = data;
  return {
    at: at.toISOString(),
    step,
    steps,
    phase,
    times: times ? { compute: times.compute, network: times.network, data: times.data } : null,
    loss,
    checkpoint,
  };
}

/**
 * What a rank has said since it started. Whoever is in its container can put anything in the file’s place: no link is followed, and no
 * pipe waited for.
 * @param since milliseconds since 1970
 */
export async function readProgress(file: string, since: number): Promise<RankProgress | undefined> {
  try {
    const { mtime } = await lstat(file);
    // What it was before it was started again is over.
    if (mtime.getTime() < since) return undefined;
    const bytes = await readBoundedAsync(file, { bytes: largest, noLinks: true });
    return parseProgress(bytes.toString('utf8'), mtime);
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    // JSON has neither, and Python writes both.
    return JSON.parse(text.replaceAll(/-?Infinity\b|\bNaN\b/g, 'null'));
  } catch {
    return undefined;
  }
}
