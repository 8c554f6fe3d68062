import * as z from '../../lib/zod.ts';

/** What is measured of a path. */
export const testSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('throughput').describe('TCP, as fast as it goes.'),
    streams: z.int().min(1).max(128),
  }),
  z.strictObject({
    kind: z.literal('latency').describe('Questions of TCP, one after the other, each answered.'),
    size: z.int().min(14).max(65_000).describe('Bytes of a message.'),
  }),
]);
export type Test = z.infer<typeof testSchema>;

/** What came of it. Bits a second; microseconds there and back. */
export const figuresSchema = z.record(z.string(), z.number());
export type Figures = z.infer<typeof figuresSchema>;

/** One turn: a test of a path, in a round. */
export interface Turn {
  readonly round: number;
  readonly path: string;
  readonly test: Test;
}

/** `throughput, 8 streams`. */
export function testText(test: Test): string {
  if (test.kind === 'latency') return `latency, ${test.size} bytes`;
  return `throughput, ${test.streams} ${test.streams === 1 ? 'stream' : 'streams'}`;
}

/** What tells turns apart. */
export function turnKey({ round, path, test }: Turn): string {
  return `${round} ${path} ${testText(test)}`;
}
