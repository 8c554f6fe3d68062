import { integer, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { testSchema } from '../../measure/net/measurement.ts';
import { runId } from '../../measure/net/results.ts';
import { nodeName } from '../../networks/standard/network.ts';
import type { Contract } from '../contract.ts';

const ofEnd = z.strictObject({
  node: nodeName,
  run: runId.describe('Of the benchmark.'),
  path: text
    .regex(/^[a-z][a-z0-9]{0,31}$/, 'is no name of a network')
    .describe('As `heddle bench net` calls it.'),
});

export const openEndContract = {
  route: 'PUT /v1/nodes/:node/measured/:run/:path',
  summary: 'Make the end of a path that is measured',
  params: ofEnd,
  body: z.strictObject({
    // It goes into the files of programs.
    host: z.union([z.ipv4(), z.ipv6()]).describe('The address at which the node’s host is reached.'),
  }),
  answer: z.object({ address: text.describe('At which the end is reached.') }),
} as const satisfies Contract;

export const serveTestContract = {
  route: 'POST /v1/nodes/:node/measured/:run/:path/servers',
  summary: 'Start what answers a test at the end of a path',
  params: ofEnd,
  body: testSchema,
  answer: z.object({ port: integer }),
} as const satisfies Contract;

export const endServersContract = {
  route: 'DELETE /v1/nodes/:node/measured/:run/:path/servers',
  summary: 'End what answers at the end of a path',
  params: ofEnd,
  answer: z.object({}),
} as const satisfies Contract;

export const closeEndContract = {
  route: 'DELETE /v1/nodes/:node/measured/:run/:path',
  summary: 'Take away the end of a path that was measured',
  params: ofEnd,
  answer: z.object({}),
} as const satisfies Contract;
