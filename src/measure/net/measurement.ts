import * as z from '../../lib/zod.ts';

/** What is measured of a path. */
export const testSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('throughput').describe('TCP, as fast as it goes.'),
    streams: z.int().min(1).max(128),
    size: z.int().min(16).max(1_048_576).optional().describe('Bytes of a message; default: 131072.'),
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
  z.strictObject({
    kind: z.literal('connections').describe('Questions of HTTP, each by a connection of its own.'),
    parallel: z.int().min(1).max(1000).describe('At the same time.'),
  }),
  z.strictObject({
    kind: z.literal('all-reduce').describe('Sums that two ranks of a training make of what both have.'),
    size: z.int().min(4).max(268_435_456).describe('Bytes of what each has.'),
  }),
  z.strictObject({
    kind: z.literal('copy').describe('A set of files, copied from one end to the other.'),
    files: z.int().min(1).max(1000),
    size: z.int().min(1).max(4_194_304).describe('Bytes of a file: all are in memory.'),
  }),
]);
export type Test = z.infer<typeof testSchema>;
export type TestKind = Test['kind'];

/** What came of it: bits or connections a second, microseconds, seconds, and parts of 1. */
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
      return `throughput, ${counted(test.streams, 'stream')}${test.size === undefined ? '' : `, ${test.size} bytes`}`;
    case 'datagrams':
      return `datagrams, ${test.size} bytes`;
    case 'latency':
      return `latency, ${test.size} bytes${test.underLoad ? ', under load' : ''}`;
    case 'connections':
      return `connections, ${test.parallel} at a time`;
    case 'all-reduce':
      return `all-reduce, ${test.size} bytes`;
    case 'copy':
      return `copy, ${counted(test.files, 'file')} of ${test.size} bytes`;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** The figure that says most of a test, and whether less of it is better. */
export const mainFigure = {
  throughput: { name: 'bitsPerSecond', isLessBetter: false },
  datagrams: { name: 'bitsPerSecond', isLessBetter: false },
  latency: { name: 'p50', isLessBetter: true },
  connections: { name: 'connectionsPerSecond', isLessBetter: false },
  'all-reduce': { name: 'seconds', isLessBetter: true },
  copy: { name: 'seconds', isLessBetter: true },
} as const satisfies Record<TestKind, { readonly name: string; readonly isLessBetter: boolean }>;
export type MainFigure = (typeof mainFigure)[TestKind]['name'];

/** Its value; nothing where it was not measured. */
export function mainValue(test: Test, figures: Figures | undefined): number | undefined {
  return figures?.[mainFigure[test.kind].name];
}

/** What tells turns apart. */
export function turnKey({ round, path, test }: Turn): string {
  return `${round} ${path} ${testText(test)}`;
}
