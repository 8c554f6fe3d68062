import { failureOf, stateOf } from '../../networks/path/proof/proof.ts';
import { functionsOf } from '../../selector/led.ts';
import type { PodSpec } from '../../selector/spec.ts';
import { canBeLed, isCutOff } from './can-be-led.ts';
import { configurationOf } from './functions.ts';
import { readyAfter } from './hook-steps.ts';
import { ledBy, mayBeWithout, startsOf } from './led.ts';
import type { Planning } from './planning.ts';

/** Proves chains that have changed, or of which nobody knows whether they are as they should be. Planned last. */
export function planProofs(planning: Planning, wanted: readonly PodSpec[]): void {
  const { spec, observed, builder } = planning;
  if (!observed.proofs) return;
  const are = new Set(wanted);
  for (const pod of spec.pods.filter(({ chains }) => chains !== undefined)) {
    const changes = changesOf(planning, pod);
    const led = ledBy(planning, pod);
    // Who asked for something else is not told of it.
    if (changes.length === 0 && !are.has(pod)) continue;
    if (changes.length === 0 && (!canBeLed(planning, led) || isCutOff(planning, led))) continue;
    const reason = changes.length > 0 ? 'its chains, or what they pass, change' : doubtOf(planning, led);
    if (reason === undefined) continue;
    const id = builder.add('proveChains', pod.name, { pod }, reason, changes);
    builder.despite(
      id,
      functionsOf(pod)
        .filter((fn) => mayBeWithout(pod, fn))
        .flatMap((fn) => changesAt(planning, fn)),
    );
  }
}

/** Steps of this plan after which probes pass another way, or are let pass by other rules. */
function changesOf({ builder, pods }: Planning, pod: PodSpec): string[] {
  const functions = functionsOf(pod);
  return [
    ...builder.idsOf('insertWire', [pod.name]),
    ...functions.map(configurationOf).filter((id) => builder.has(id)),
    ...functions.flatMap((fn) => changesAt({ builder, pods }, fn)),
  ];
}

/** Those of them that start a function of any image, and make it ready. */
function changesAt({ builder, pods }: Pick<Planning, 'builder' | 'pods'>, fn: string): string[] {
  return [...startsOf(builder, pods.get(fn)), ...readyAfter({ pods }, fn).filter((id) => builder.has(id))];
}

function doubtOf({ observed }: Planning, pod: PodSpec): string | undefined {
  const proofs = observed.proofs?.filter((proof) => proof.pod === pod.name) ?? [];
  const unknown = pod.chains?.find(({ chain }) => !proofs.some((proof) => proof.chain === chain));
  if (unknown) return `nobody has seen yet where the traffic of ${unknown.chain} passes`;
  const failed = proofs.find((proof) => stateOf(proof) === 'failed');
  return failed && `its last proof failed: ${failureOf(failed)}`;
}
