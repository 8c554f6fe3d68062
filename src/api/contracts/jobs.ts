import { isName } from '../../lib/names.ts';
import * as z from '../../lib/zod.ts';
import { jobStatus, rankReport } from '../../monitor/jobs/status.ts';
import { type Contract, ofProject } from '../contract.ts';

const ofJob = ofProject.extend({
  service: z.string().refine((name) => isName('key', name), 'is no name of a service'),
});

export const jobsContract = {
  route: 'GET /v1/applications/:project/jobs',
  summary: 'The services whose replicas are the ranks of a job, and how far they are',
  params: ofProject,
  answer: z.array(jobStatus),
} as const satisfies Contract;

export const ranksContract = {
  route: 'GET /v1/applications/:project/jobs/:service/ranks',
  summary: 'The ranks of a job that this node has',
  params: ofJob,
  answer: z.array(rankReport),
} as const satisfies Contract;

export const onRanksContract = {
  route: 'POST /v1/applications/:project/jobs/:service/ranks',
  summary:
    'End the ranks of a job that this node has, or start them: what the node with the first rank asks for',
  params: ofJob,
  body: z.strictObject({ action: z.enum(['stop', 'start']) }),
  answer: z.strictObject({}),
} as const satisfies Contract;
