import { hopsThrough, type PanelTelemetry, sinceThen } from '../../networks/path/telemetry/telemetry.ts';
import type { PodSpec } from '../../selector/spec.ts';

const none: ReadonlySet<string> = new Set();

/**
 * How long frames were in the instances of a function between two looks, on average: milliseconds. Nothing where that is not known; 0
 * where nothing has passed. Pure.
 */
export function meanDelay(
  instances: ReadonlySet<string>,
  pods: readonly PodSpec[],
  before: PanelTelemetry | undefined,
  now: PanelTelemetry | undefined,
): number | undefined {
  if (!before || !now) return undefined;
  const passing = sinceThen(before, now);
  const traffic = pods.flatMap(({ name: pod, path: own, chains = [] }) =>
    chains
      .flatMap(({ chain, path: functions }) => hopsThrough({ pod, chain, functions, own }, passing, none))
      .filter((hop) => instances.has(hop.function))
      .flatMap((hop) => hop.traffic),
  );
  if (traffic.length === 0 || traffic.some(({ entered }) => entered === null)) return undefined;
  const timed = traffic.flatMap(({ delay }) => delay ?? []);
  const samples = timed.reduce((sum, one) => sum + one.samples, 0);
  if (samples > 0) return timed.reduce((sum, one) => sum + one.sum, 0) / samples / 1000;
  return traffic.every(({ entered }) => entered?.packets === 0) ? 0 : undefined;
}
