import * as z from '../../../lib/zod.ts';

/** How fast traffic may pass, and what becomes of more: the figures of a token bucket, tc-tbf(8). */
export interface Limit {
  /** Bytes a second, of whole frames without their preamble and checksum. */
  readonly rate: number;
  /** Bytes that may pass at once. */
  readonly burst: number;
  /** Microseconds that something may wait for its turn; what would wait longer is dropped. */
  readonly latency: number;
}

/** What comes in to a service and what goes out of it, on each of its networks; a direction that is absent has no limit. */
export interface ShaperLimits {
  readonly ingress?: Limit;
  readonly egress?: Limit;
}

export const directions = ['ingress', 'egress'] as const;

/** What the kernel has room for. */
export const bounds = {
  /** 8 kbit/s to 100 Gbit/s, in bytes a second. */
  rate: { min: 1000, max: 12_500_000_000 },
  /** Bytes: longer than any frame in use, and no longer than two minutes of a rate (a field of 32 bits, of 64 ns each). */
  burst: { min: 16 * 1024, seconds: 120 },
  /** Microseconds. */
  latency: { min: 1000, max: 10_000_000 },
  /** Bytes that wait. */
  queue: 1024 ** 3,
} as const;

const limit = z.strictObject({
  rate: z.number().int().min(bounds.rate.min).max(bounds.rate.max),
  burst: z.number().int().min(bounds.burst.min).max(bounds.queue),
  latency: z.number().int().min(bounds.latency.min).max(bounds.latency.max),
});

export const limitsSchema: z.ZodType<ShaperLimits> = z.strictObject({
  ingress: z.exactOptional(limit),
  egress: z.exactOptional(limit),
});
