import * as z from '../../../lib/zod.ts';
import type { InspectionRecord, SeenApplication } from '../contract.ts';

const amount = z.object({ packets: z.number(), bytes: z.number() });

/** What the inspector writes (catalogue/images/inspection/inspect.c). `since` in milliseconds since 1970. */
const report = z.object({
  since: z.number(),
  missed: z.number(),
  applications: z.array(
    z.object({
      protocol: z.string(),
      application: z.string(),
      flows: z.number(),
      ingress: amount,
      egress: amount,
    }),
  ),
});

/** What an inspector has seen, the application with the most bytes first. @throws SyntaxError, ZodError */
export function readReport(json: string): Omit<InspectionRecord, 'service' | 'pod' | 'chain'> {
  const { since, missed, applications } = report.parse(JSON.parse(json));
  return {
    since: new Date(since).toISOString(),
    missed,
    applications: applications.toSorted((a, b) => bytesOf(b) - bytesOf(a)),
  };
}

function bytesOf({ ingress, egress }: Pick<SeenApplication, 'ingress' | 'egress'>): number {
  return ingress.bytes + egress.bytes;
}
