import { HeddleError } from '../lib/errors.ts';
import { type ChainProof, failureOf, stateOf } from '../networks/path/proof/proof.ts';

/**
 * Takes what came of a proof.
 * @param note told when there was nobody to prove a chain with
 * @throws HeddleError ERR_CHAIN_UNPROVEN
 */
export function expectProven(proofs: readonly ChainProof[], note: (text: string) => void): void {
  const failures = proofs.flatMap((proof) => failureOf(proof) ?? []);
  if (failures.length > 0)
    throw new HeddleError('ERR_CHAIN_UNPROVEN', failures.join('; '), {
      hint: 'heddle chain prove NAME sends probes again, and shows each hop',
    });
  const waiting = proofs.filter((proof) => stateOf(proof) === 'waiting');
  if (waiting.length > 0)
    note(`Not proven: nobody is at the other end of ${waiting.map(({ chain }) => chain).join(', ')}`);
}
