import * as z from '../../lib/zod.ts';
import { measuredNetworks } from '../../measure/net/remembered.ts';
import type { Contract } from '../contract.ts';

export const measuredContract = {
  route: 'GET /v1/measured',
  summary: 'What was measured last of networks: what those that are `auto` are chosen by',
  answer: z.array(measuredNetworks),
} as const satisfies Contract;

export const rememberContract = {
  route: 'PUT /v1/measured',
  summary: 'Have networks chosen by what was measured: `heddle bench net` says it when it is over',
  body: z.strictObject(measuredNetworks.shape),
  answer: z.strictObject({}),
} as const satisfies Contract;
