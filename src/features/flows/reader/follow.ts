import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowRecord } from '../contract.ts';
import { conversation, overlap } from './merge.ts';

/** Milliseconds between two looks: a collector's file is ready every two seconds. */
const pause = 2000;
/** Milliseconds that a flow can be late: probes export at the end of a flow, or every ten seconds. */
const lateness = 60_000;

/** Flows as they come in, each once. `read` gives those of a window that begins at a time in milliseconds since 1970. */
export async function* followFlows(
  read: (since: number) => Promise<readonly FlowRecord[]>,
  since: number,
  signal: AbortSignal,
): AsyncGenerator<FlowRecord> {
  let shown: FlowRecord[] = [];
  while (!signal.aborted) {
    const horizon = Math.max(since, Date.now() - lateness);
    const from = shown.length === 0 ? since : horizon;
    for (const flow of await read(from)) {
      if (Date.parse(flow.first) < since || shown.some((other) => isSame(flow, other))) continue;
      shown.push(flow);
      yield flow;
    }
    const oldest = new Date(horizon - lateness).toISOString();
    shown = shown.filter(({ last }) => last >= oldest);
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/** Another probe's record of the same packets comes later, and may begin and end a little earlier or later. */
function isSame(flow: FlowRecord, other: FlowRecord): boolean {
  if (conversation(flow) !== conversation(other)) return false;
  return flow.first === other.first || (overlap(flow, other) && flow.exporters[0] !== other.exporters[0]);
}
