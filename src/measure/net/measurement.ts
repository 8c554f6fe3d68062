import * as z from '../../lib/zod.ts';

/** What is measured of a path. */
export const testSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('throughput').describe('TCP, as fast as it goes.'),
    streams: z.int().min(1).max(128),
  }),
  z.strictObject({
    kind: z.literal('datagrams').describe('UDP, as fast as it goes.'),
    size: z.int().min(16).max(65_000).describe('Bytes of a datagram.'),
  }),
  z.strictObject({
    kind: z.literal('latency').describe('Questions of TCP, one after the other, each answered.'),
    size: z.int().min(14).max(65_000).describe('Bytes of a message.'),
    underLoad: z.boolean().describe('While eight streams of TCP pass beside.'),
  }),
]);
export type Test = z.infer<typeof testSchema>;

/** What came of it: bits a second, microseconds, and parts of 1. */
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
  switch (test.kind) {
    case 'throughput':
      return `throughput, ${test.streams} ${test.streams === 1 ? 'stream' : 'streams'}`;
    case 'datagrams':
      return `datagrams, ${test.size} bytes`;
    case 'latency':
      return `latency, ${test.size} bytes${test.underLoad ? ', under load' : ''}`;
  }
}

/** The figure that says most of a test. */
export const mainFigure = {
  throughput: 'bitsPerSecond',
  datagrams: 'bitsPerSecond',
  latency: 'p50',
} as const satisfies Record<Test['kind'], string>;

/** What tells turns apart. */
export function turnKey({ round, path, test }: Turn): string {
  return `${round} ${path} ${testText(test)}`;
}
