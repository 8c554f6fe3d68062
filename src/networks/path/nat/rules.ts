import * as z from '../../../lib/zod.ts';

/** What comes in for one port is handed to another. */
export interface PortRule {
  readonly protocol: 'tcp' | 'udp';
  /** That is connected to. */
  readonly from: number;
  /** Of the pod. */
  readonly to: number;
}

/** Which headers change. */
export interface NatRules {
  /** No two of one protocol and port. */
  readonly ports: readonly PortRule[];
  /** Whether the pod sees the network's gateway in place of whoever connects from outside. */
  readonly hidesSources: boolean;
}

/** More nobody writes. */
export const mostPorts = 64;

const port = z.number().int().min(1).max(65_535);

export const natSchema: z.ZodType<NatRules> = z.strictObject({
  ports: z.array(z.strictObject({ protocol: z.enum(['tcp', 'udp']), from: port, to: port })).max(mostPorts),
  hidesSources: z.boolean(),
});
