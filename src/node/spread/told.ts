import type { OperationEvent } from '../../api/messages.ts';

/** Hands on what another node says of an operation, to its end. */
export async function told(
  events: AsyncIterable<OperationEvent>,
  report: (event: OperationEvent) => void,
): Promise<void> {
  for await (const event of events) report(event);
}
