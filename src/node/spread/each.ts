import type { OperationEvent } from '../../api/messages.ts';
import { type HeddleError, toHeddleError } from '../../lib/errors.ts';
import { errorOn, eventOn, isOutOfReach } from './on-node.ts';

type OnEvent = (event: OperationEvent) => void;

/** What is done on several nodes at once. */
export interface Parts<Share> {
  readonly shares: readonly (readonly [node: string, share: Share])[];
  work(node: string, share: Share, report: OnEvent, signal: AbortSignal): Promise<void>;
  /** Told of a node that has done its part, or failed for another reason than that it is out of reach: nobody tries that again. */
  done(node: string): void;
  /** Whether a node waits for what another does. Absent: none does. */
  waitsFor?(share: Share, node: string): boolean;
}

/** A node that fails keeps no other from its part but those that wait for it. Returns what failed, by node. */
export async function onEach<Share>(
  { shares, work, done, waitsFor = () => false }: Parts<Share>,
  report: OnEvent,
  gone: AbortSignal,
): Promise<ReadonlyMap<string, HeddleError>> {
  const inVain = new Map(shares.map(([node]) => [node, new AbortController()]));
  const errors = new Map<string, HeddleError>();
  await Promise.all(
    shares.map(async ([node, share]) => {
      const tell = (event: OperationEvent) => {
        const shown = eventOn(node, event);
        if (shown) report(shown);
      };
      const { signal } = inVain.get(node) as AbortController;
      try {
        await work(node, share, tell, AbortSignal.any([gone, signal]));
        done(node);
      } catch (thrown) {
        const error = toHeddleError(thrown);
        // Why it was given up, another node says; and who ended it wants nobody to go on with it.
        if (!signal.aborted) errors.set(node, errorOn(node, error));
        if (!signal.aborted && !gone.aborted && isOutOfReach(error)) return;
        done(node);
        for (const [other, theirs] of shares)
          if (waitsFor(theirs, node)) inVain.get(other)?.abort(`node ${node}, which it waits for, failed`);
      }
    }),
  );
  return errors;
}
