import { PassThrough } from 'node:stream';
import type { ContainerLine, LogsQuery } from '../api/messages.ts';
import type { Engine } from '../engines/engine.ts';

/** The logs of several containers as one stream: one after the other, or as they come when they are followed. */
export async function* mergedLogs(
  engine: Engine,
  containers: readonly string[],
  query: LogsQuery,
  signal: AbortSignal,
): AsyncGenerator<ContainerLine> {
  const { follow, tail, since, until, timestamps } = query;
  const options = {
    follow,
    timestamps,
    signal,
    ...(tail !== undefined && { tail }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
  if (!follow) {
    for (const container of containers) {
      for await (const line of await engine.console.logs(container, options)) yield { container, ...line };
    }
    return;
  }
  const merged = new PassThrough({ objectMode: true });
  const pumps = containers.map(async (container) => {
    for await (const line of await engine.console.logs(container, options))
      merged.write({ container, ...line });
  });
  void Promise.allSettled(pumps).then(() => merged.end());
  yield* merged as AsyncIterable<ContainerLine>;
}
