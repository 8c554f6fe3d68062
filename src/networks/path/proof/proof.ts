import type { Opening } from './exchange.ts';
import type { Direction } from './stops.ts';
import type { Verdict } from './verdict.ts';

// What is known of a chain by its probes. Pure.

/** One probe, from one end to the other. */
export interface Passing extends Verdict {
  /** The pod's interface that it came by, or left by. */
  readonly interface: string;
  readonly family: Opening['family'];
  readonly direction: Direction;
}

/** Of a chain, where it is enforced at a pod. */
export interface ChainProof {
  readonly chain: string;
  readonly pod: string;
  /** ISO 8601. */
  readonly at: string;
  /** Empty: nobody is at the other end, or the pod has no address. */
  readonly passings: readonly Passing[];
}

/** A chain that was proven, and that probes do not come through any more. */
export function broken(proof: ChainProof, at: Date): ChainProof {
  const [first] = proof.passings;
  if (!first) return proof;
  const failure = 'those that were sent since the last proof do not arrive any more';
  return { ...proof, at: at.toISOString(), passings: [{ ...first, hops: [], took: null, failure }] };
}

/** `waiting`: there is nobody to prove it with. */
export type ProofState = 'proven' | 'failed' | 'waiting';

export function stateOf({ passings }: ChainProof): ProofState {
  if (passings.length === 0) return 'waiting';
  return passings.some(({ failure }) => failure !== undefined) ? 'failed' : 'proven';
}

/** The function at which it failed, where it was one: a probe did not get into it, or not out of it. */
export function failedAt({ passings }: ChainProof): string | undefined {
  const failed = passings.find(({ failure }) => failure !== undefined);
  return failed?.hops.find(({ entered, left }) => !entered || !left)?.function;
}

/** What is wrong with it, in words. */
export function failureOf({ chain, pod, passings }: ChainProof): string | undefined {
  const failed = passings.find(({ failure }) => failure !== undefined);
  if (!failed) return undefined;
  const way = failed.direction === 'in' ? `towards ${pod}` : `out of ${pod}`;
  return `${chain}: of a probe ${way} (${failed.family}, ${failed.interface}): ${failed.failure}`;
}
