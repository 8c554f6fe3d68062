import { type Of, optional, record, text, time } from '../../../lib/schema.ts';
import * as z from '../../../lib/zod.ts';
import { hopTelemetry } from '../telemetry/status.ts';

const microseconds = z.number().nullable();
const state = z
  .enum(['proven', 'failed', 'waiting', 'unproven'])
  .describe(
    '`proven`: probes were seen at every function, once and in order, and nowhere else. `failed`: they were not. `waiting`: nobody is at the other end. `unproven`: none has been sent yet.',
  );

const hopStatus = record('HopStatus', 'A function that a probe is to pass.', {
  function: text.describe('Its pod.'),
  entered: z.boolean().describe('Whether the probe was seen within it.'),
  left: z.boolean().describe('Whether it was seen to come out.'),
  after: microseconds.describe('Microseconds from where it was sent until it came in.'),
  took: microseconds.describe('Microseconds from coming in to coming out.'),
});

const probeStatus = record('ProbeStatus', 'A probe, from one end of a chain to the other.', {
  interface: text.describe('The pod’s.'),
  family: z.enum(['ipv4', 'ipv6']),
  direction: z.enum(['in', 'out']).describe('`in`: towards the pod.'),
  hops: z.array(hopStatus),
  took: microseconds.describe('Microseconds from one end to the other.'),
  failure: optional(text).describe('What is wrong, in words.'),
});

const chainAtPod = record('ChainAtPod', 'A chain where it is enforced at a pod.', {
  pod: text,
  state,
  at: time.nullable().describe('When it was proved last.'),
  probes: z.array(probeStatus),
  telemetry: z
    .array(hopTelemetry)
    .describe('What passes its functions, from the network to the pod; empty where no traffic is led.'),
});

const hookStatus = record('HookStatus', 'The last call of a hook of a function, of the run of its program.', {
  function: text.describe('Its pod.'),
  hook: text,
  at: time,
  took: z.number().describe('Milliseconds.'),
  failure: text.nullable().describe('Why it failed, in words.'),
});

export const chainStatus = record('ChainStatus', 'A chain, and what is known of it by probes. Stable.', {
  chain: text,
  from: text,
  to: text,
  ports: z.array(text).describe('Of `to`; empty: everything.'),
  through: z.array(text),
  onFailure: z.enum(['closed', 'open']),
  state,
  reason: text.nullable().describe('Why it is not proven.'),
  bypassed: z
    .array(text)
    .describe('Functions that do not run, and that it does without: it is open on failure.'),
  at: time.nullable().describe('When it was proved last, at the pod where that is longest ago.'),
  node: optional(text).describe('Who leads it, where an application is over several nodes.'),
  pods: z.array(chainAtPod),
  hooks: z.array(hookStatus).describe('Of its functions, in their order.'),
});
export type ChainStatus = Of<typeof chainStatus>;
export type HookStatus = Of<typeof hookStatus>;
export type ProbeStatus = Of<typeof probeStatus>;
