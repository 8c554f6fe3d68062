import { type Contract, ofProject, serviceNames } from '../../api/contract.ts';
import { integer, type Of, optional, record, text, time } from '../../lib/schema.ts';
import * as z from '../../lib/zod.ts';

const amount = z.object({
  packets: integer.describe('As the kernel hands them on: one may be a whole send of up to 64 KiB.'),
  bytes: integer.describe('With headers of Ethernet.'),
});

const seenApplication = record(
  'SeenApplication',
  'What a replica said and heard by one application. Stable.',
  {
    application: text.describe('As nDPI names it: `HTTP`, `DNS`, `WhatsApp`; `Unknown`, `ARP`, `Non-IP`.'),
    protocol: text.describe(
      'By which it speaks: `TLS`, `DNS`; the same as the application, where that is one itself.',
    ),
    flows: integer.describe('Conversations that have a name.'),
    ingress: amount,
    egress: amount,
  },
);
export type SeenApplication = Of<typeof seenApplication>;

const inspectionRecord = record(
  'InspectionRecord',
  'What the inspector in the path of one replica has seen since it started. Stable.',
  {
    service: text,
    pod: text,
    chain: text.describe('The chain that it stands in; empty for one of the service itself.'),
    since: time.describe('RFC 3339.'),
    missed: integer.describe(
      'Packets that came faster than it looked at them: they passed, and are in no sum.',
    ),
    applications: z.array(seenApplication).describe('The one with the most bytes first.'),
  },
);
export type InspectionRecord = Of<typeof inspectionRecord>;

export const inspectionContract = {
  route: 'GET /v1/applications/:project/inspection',
  summary: 'Which applications services speak with',
  params: ofProject,
  query: z.strictObject({ services: optional(serviceNames) }),
  answer: z.array(inspectionRecord),
} as const satisfies Contract;
