import { optional } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';
import { chainStatus } from '../../networks/path/proof/status.ts';
import { type Contract, ofProject } from '../contract.ts';

export const chainsContract = {
  route: 'GET /v1/applications/:project/chains',
  summary: 'The chains of an application, and what is known of them by probes',
  params: ofProject,
  query: z.strictObject({
    during: optional(z.number().min(0.1).max(60)).describe(
      'Seconds: the answer comes after them, and has of the traffic what passed meanwhile. Absent: all since functions have their places.',
    ),
  }),
  answer: z.array(chainStatus),
} as const satisfies Contract;

export const proveChainsContract = {
  route: 'POST /v1/applications/:project/chains/prove',
  summary: 'Prove chains: send probes through them, and see where they pass',
  params: ofProject,
  body: z.strictObject({
    chains: optional(z.array(z.string().max(255)).max(10_000)).describe('These only; absent or empty: all.'),
  }),
  answer: z.array(chainStatus),
} as const satisfies Contract;
