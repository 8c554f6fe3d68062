import type { OperationEvent } from '../../src/api/messages.ts';

/** Follows an operation, and calls `reached`, which may end the node, when so many steps are done. Returns how many were. */
export async function follow(
  events: AsyncIterable<OperationEvent>,
  steps: number,
  reached: () => void,
): Promise<number> {
  let done = 0;
  try {
    for await (const event of events) {
      if (event.type === 'done' && ++done === steps) reached();
    }
  } catch (error) {
    // Once it was reached, the node may be gone in the middle of its answer: that is what was asked for.
    if (done < steps) throw error;
  }
  return done;
}
