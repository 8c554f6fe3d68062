import * as z from '../../lib/zod.ts';
import { scalingStatus } from '../../monitor/scaling/status.ts';
import { type Contract, ofProject } from '../contract.ts';

export const scalingContract = {
  route: 'GET /v1/applications/:project/scaling',
  summary: 'The services whose replicas follow metrics, and why there are as many',
  params: ofProject,
  answer: z.array(scalingStatus),
} as const satisfies Contract;
