import * as z from '../../lib/zod.ts';

/** What etcd 3 answers over its JSON gateway (etcd.io, "API gRPC gateway"), as far as it is looked at: bytes are base64. */

/** A number of 64 bits comes as text; revisions count changes, and stay below 2^53. */
const revision = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number)
  .refine(Number.isSafeInteger);
/** What is 0 is left out. */
const counted = revision.default(0);
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const header = z.object({ revision: counted }).default({ revision: 0 });

const pair = z.object({
  key: base64.default(''),
  value: base64.default(''),
  mod_revision: counted,
});
export type Pair = z.output<typeof pair>;

export const rangeAnswer = z.object({
  header,
  kvs: z.array(pair).default([]),
  more: z.boolean().default(false),
});

export const transactionAnswer = z.object({
  header,
  succeeded: z.boolean().default(false),
  responses: z.array(z.object({ response_range: rangeAnswer.optional() })).default([]),
});

/** Seconds. */
const longestLease = 1_000_000;

export const grantAnswer = z.object({
  ID: z.string().regex(/^-?\d{1,20}$/),
  TTL: revision.refine((seconds) => seconds >= 1 && seconds <= longestLease),
});
/** `TTL` in seconds; 0 of a lease that has ended. */
export const keepAnswer = z.object({ result: z.object({ TTL: revision.default(0) }) });
/** Printable, since it is sent as a header: one of etcd's own, or a JSON Web Token. */
export const tokenAnswer = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,8192}$/) });
export const anyAnswer = z.object({});

/** A line of a watch. */
export const watchAnswer = z.object({
  result: z.object({
    created: z.boolean().default(false),
    canceled: z.boolean().default(false),
    cancel_reason: z.string().default(''),
    /** Of one that was ended because what it asked for is not kept any more. */
    compact_revision: counted,
    /** More of the same revision may follow. */
    fragment: z.boolean().default(false),
    events: z.array(z.object({ type: z.enum(['PUT', 'DELETE']).default('PUT'), kv: pair })).default([]),
  }),
});
export type WatchAnswer = z.output<typeof watchAnswer>['result'];
