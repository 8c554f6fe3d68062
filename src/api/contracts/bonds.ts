import * as z from '../../lib/zod.ts';
import { bondStatus } from '../../networks/bond/status.ts';
import type { Contract } from '../contract.ts';

export const bondsContract = {
  route: 'GET /v1/bonds',
  summary: 'The bonds of this host, and how each of their links is',
  answer: z.array(bondStatus),
} as const satisfies Contract;
