import type { OperationEvent } from '../../src/api/messages.ts';

/** Follows an operation, and calls `reached` when so many steps are done. */
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
  } catch {
    // The node is gone in the middle of its answer: that is what was asked for.
  }
  return done;
}
