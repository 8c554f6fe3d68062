import * as z from '../../lib/zod.ts';
import type { Contract } from '../contract.ts';

export const openapiContract = {
  route: 'GET /openapi.json',
  summary: 'This description',
  answer: z.record(z.string(), z.unknown()),
} as const satisfies Contract;
