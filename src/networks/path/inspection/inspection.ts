import * as z from '../../../lib/zod.ts';
import type { FunctionKind } from '../kind.ts';

/** Nothing is said to it. */
type Inspection = Readonly<Record<string, never>>;

const schema: z.ZodType<Inspection> = z.strictObject({});

/** Lets everything pass, and names the applications that it sees. */
export const inspection: FunctionKind<Inspection> = {
  schema,
  read: () => ({ settings: {}, problems: [] }),
  knows: () => ({ services: [], networks: [] }),
};
