import type { Problem, Reading } from '../kind.ts';
import { bounds, directions, type Limit, type ShaperLimits } from './limits.ts';

interface RawShaper {
  readonly ingress?: string;
  readonly egress?: string;
  readonly burst?: string;
  readonly latency?: string;
}

/** Seconds of a rate that pass at once where nothing is said: more than a timer of the kernel may be late. */
const burstTime = 0.004;
/** Bytes: a whole packet of TCP as the kernel hands it on. */
const leastBurst = 64 * 1024;

/** Turns what was written under `shaper` into limits. */
export function parseShaper({ burst, latency = '50ms', ...raw }: RawShaper): Reading<ShaperLimits> {
  const problems: Problem[] = [];
  const problem = (key: string, message: string, hint?: string) =>
    problems.push({ path: [key], message, hint });
  const wait = parseWait(latency);
  if (wait < bounds.latency.min || wait > bounds.latency.max) problem('latency', 'has to be from 1ms to 10s');
  const atOnce = burst === undefined ? undefined : parseSize(burst);
  if (atOnce !== undefined && atOnce < bounds.burst.min)
    problem('burst', 'has to be 16kb at least', 'a frame that is longer than the burst would never pass');
  const limits = directions.flatMap((direction) => {
    const written = raw[direction];
    if (written === undefined) return [];
    const rate = parseRate(written);
    if (rate < bounds.rate.min || rate > bounds.rate.max) {
      problem(direction, 'has to be from 8kbit to 100gbit');
      return [];
    }
    const limit = {
      rate,
      burst: atOnce ?? Math.max(leastBurst, Math.ceil(rate * burstTime)),
      latency: wait,
    };
    const excess = excessOf(limit);
    if (excess) problem(burst === undefined ? 'latency' : 'burst', `${excess} at ${direction}: ${written}`);
    return [[direction, limit] as const];
  });
  if (raw.ingress === undefined && raw.egress === undefined)
    problems.push({
      path: [],
      message: 'limits nothing',
      hint: 'write `ingress: 10mbit`, `egress: 2mbit` or both',
    });
  return { settings: Object.fromEntries(limits), problems };
}

/** Why the kernel cannot have a limit. */
function excessOf({ rate, burst, latency }: Limit): string | undefined {
  if (burst / rate > bounds.burst.seconds) return 'is more than passes in two minutes';
  const queue = burst + (rate * latency) / 1e6;
  return queue > bounds.queue ? 'needs a queue of more than 1 GiB' : undefined;
}

const thousands: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** `10mbit`, `512kibit`, `1mbps`: bytes a second. As in tc(8), a `bit` is one, and `bps` are bytes. */
function parseRate(text: string): number {
  const [, value, prefix = '', binary, unit] = /^([\d.]+)([kmgt]?)(i?)(bit|bps)$/i.exec(text) ?? [];
  const factor = (binary ? 1024 : 1000) ** (thousands[prefix.toLowerCase()] ?? 0);
  return Math.floor((Number(value) * factor) / (unit === 'bit' ? 8 : 1));
}

/** `64kb`: bytes. */
function parseSize(text: string): number {
  const [, value, prefix = ''] = /^([\d.]+)([km]?)b?$/.exec(text) ?? [];
  return Math.floor(Number(value) * 1024 ** (thousands[prefix] ?? 0));
}

/** `50ms`: microseconds. */
function parseWait(text: string): number {
  const [, value, unit] = /^([\d.]+)(ms|s)$/.exec(text) ?? [];
  return Math.round(Number(value) * (unit === 's' ? 1e6 : 1000));
}
