import { type Contract, ofProject, serviceNames } from '../../api/contract.ts';
import { integer, type Of, optional, record, text } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const shaperRecord = record(
  'ShaperRecord',
  'What the shaper of one replica did in one direction, on all of its networks together. Stable.',
  {
    service: text,
    pod: text,
    chain: text.describe('The chain that it stands in; empty for one of the service itself.'),
    direction: z.enum(['ingress', 'egress']),
    rate: integer.describe('Bytes a second that may pass on each network.'),
    packets: integer.describe('What passed since the replica is on its networks as it is now.'),
    bytes: integer,
    dropped: integer.describe('Packets that would have waited too long.'),
    waiting: integer.describe('Bytes that wait for their turn now.'),
  },
);
export type ShaperRecord = Of<typeof shaperRecord>;

export const shaperContract = {
  route: 'GET /v1/applications/:project/shaper',
  summary: 'What shapers let pass and dropped',
  params: ofProject,
  query: z.strictObject({ services: optional(serviceNames) }),
  answer: z.array(shaperRecord),
} as const satisfies Contract;
