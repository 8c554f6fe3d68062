import * as z from '../../lib/zod.ts';
import type { Reply } from './https.ts';
import { Refusal } from './refusal.ts';

/** What an ACME server says, as far as it is used (RFC 8555, 7.1). */
export const directory = z.object({
  newNonce: z.string(),
  newAccount: z.string(),
  newOrder: z.string(),
  meta: z
    .object({
      termsOfService: z.string().optional(),
      externalAccountRequired: z.boolean().default(false),
    })
    .prefault({}),
});
export type Directory = z.infer<typeof directory>;

const problem = z.object({ type: z.string().default(''), detail: z.string().default('') });

export const order = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  authorizations: z.array(z.string()).max(100),
  finalize: z.string(),
  certificate: z.string().optional(),
  error: problem.optional(),
});

export const authorization = z.object({
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  identifier: z.object({ value: z.string() }),
  challenges: z.array(
    z.object({
      type: z.string(),
      url: z.string(),
      token: z.string().default(''),
      error: problem.optional(),
    }),
  ),
});
export type Authorization = z.infer<typeof authorization>;

/** @throws Refusal when it is something else */
export function parse<T>(schema: z.ZodType<T>, { body }: Pick<Reply, 'body'>, url: string): T {
  const found = schema.safeParse(json(body));
  if (found.success) return found.data;
  throw new Refusal(`${url} does not answer as an ACME server: ${z.prettifyError(found.error)}`, {
    everything: true,
  });
}

/** What a server refused (RFC 7807). */
export function refusalOf({ status, body, headers }: Reply, url: string, now = Date.now()): Refusal {
  const { type, detail } = problem.catch({ type: '', detail: '' }).parse(json(body));
  const kind = type.replace(/^urn:ietf:params:acme:error:/, '');
  return new Refusal(`${url} refuses: ${[kind || `status ${status}`, detail].filter(Boolean).join(': ')}`, {
    type: kind,
    retryAfter: retryAfter(headers, now),
    everything: status >= 500,
  });
}

/**
 * Seconds to wait, from a header `Retry-After`: seconds or a date (RFC 9110, 10.2.3), which is on the server's clock, as is that
 * of its answer.
 */
export function retryAfter(
  { date, 'retry-after': header }: Reply['headers'],
  now = Date.now(),
): number | undefined {
  if (typeof header !== 'string') return undefined;
  const serverTime = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(header)
    ? Number(header)
    : (Date.parse(header) - (Number.isNaN(serverTime) ? now : serverTime)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

export function problemText(found: z.infer<typeof problem> | undefined): string {
  return found?.detail || found?.type || 'it does not say why';
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
