import { lastFailure, programOf } from '../../deploy/function-hooks/due.ts';
import { isHooked } from '../../deploy/function-hooks/inputs.ts';
import type { AllNotes } from '../../deploy/function-hooks/notes.ts';
import type { NotReady } from '../../deploy/function-hooks/readiness.ts';
import type { ObservedContainer } from '../../engines/observed.ts';
import type { Desired } from '../desired.ts';

/** What `ps` says of a function whose own manager failed, or has not been called yet; in one line. Pure. */
export function hookNote(
  container: ObservedContainer,
  desired: Desired | undefined,
  notes: AllNotes,
  unready: NotReady,
): string | null {
  for (const pod of desired?.spec.pods.filter(isHooked) ?? []) {
    const program = programOf(pod, [container]);
    if (!program) continue;
    const why = unready.get(pod.name)?.why;
    if (why !== undefined) return oneLine(`NOT READY: ${why}`);
    const failure = lastFailure(notes[pod.name], program);
    return failure === undefined ? null : oneLine(`HOOK FAILED: ${failure}`);
  }
  return null;
}

function oneLine(text: string): string {
  return text.replaceAll(/\n\s*/g, ' ');
}
