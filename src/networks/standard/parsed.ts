import { HeddleError } from '../../lib/errors.ts';
import { plainIssue } from '../../lib/plain-issue.ts';
import type * as z from '../../lib/zod.ts';

/**
 * What a schema gives for what was said.
 * @throws HeddleError ERR_RESOURCE_INVALID that says where it is wrong: `network lab: options: subnets.0 is …`
 */
export function parsed<Value>(schema: z.ZodType<Value>, said: unknown, what: string): Value {
  const checked = schema.safeParse(said);
  if (checked.success) return checked.data;
  throw invalidError(`${what}: ${plainIssue(checked.error.issues, said, 'it')}`);
}

export function invalidError(message: string, hint?: string): HeddleError {
  return new HeddleError('ERR_RESOURCE_INVALID', message, { hint });
}
