import type { Contract } from '../api/contract.ts';
import { type Of, text } from '../lib/schema.ts';
import * as z from '../lib/zod.ts';

/** What a door's program was asked, as it was asked: each door reads it by its own rules. */
export const doorRequest = z.strictObject({
  door: z.enum(['cni', 'netavark', 'docker']),
  args: z.array(text.max(4096)).max(4).describe('Of the program; of `docker`, the method.'),
  env: z.record(text.max(32), text.max(65_536)).describe('The variables that CNI knows.'),
  input: text.max(1 << 20),
});
export type DoorRequest = Of<typeof doorRequest>;

/** What the program prints, and its exit code. */
export interface DoorAnswer {
  readonly code: number;
  readonly output: string;
}

/** Somebody's interface to networks, translated to the standard API. What cannot be done, it says in that interface's own words. */
export type Door = (request: Omit<DoorRequest, 'door'>) => Promise<DoorAnswer>;

export const doorContract = {
  route: 'POST /v1/doors',
  summary: 'What a container runtime asks through its own interface',
  body: doorRequest,
  /** A line with an exit code, and then what to print. */
  answer: text,
  sends: 'text',
} as const satisfies Contract;
