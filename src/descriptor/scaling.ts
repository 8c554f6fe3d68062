/** What a service's replicas may follow. */
export const scaleMetrics = ['cpu', 'sessions', 'packets', 'delay'] as const;
export type ScaleMetric = (typeof scaleMetrics)[number];

/**
 * What a figure is to be for each replica. `cpu`: a share of its limit, or of one core where it has none. `sessions`: open TCP connections.
 * `packets`: received in a second. `delay`: milliseconds that a frame is in a function on average.
 */
export interface ScaleTarget {
  readonly metric: ScaleMetric;
  readonly target: number;
}

/** Bounds to the replicas of a service, and what the number between them follows. Times are milliseconds. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  /** Each metric once; the one that asks for most decides. */
  readonly on: readonly ScaleTarget[];
  /** From one look at the metrics to the next. */
  readonly every: number;
  /** For so long a replica that has started is not measured. */
  readonly warmup: number;
  /** For so long a lower, or a higher, number has to be asked for without a break. */
  readonly stabilization: { readonly up: number; readonly down: number };
}

/** Milliseconds where nothing is said: those of Kubernetes' HorizontalPodAutoscaler (autoscaling/v2). */
export const usualScaling = { every: 15_000, warmup: 30_000, up: 0, down: 300_000 } as const;

/** A figure of a metric as a file has it: `60%`, `500`, `10000/s`, `5ms`. */
export function scaleFigure(metric: ScaleMetric, value: number): string {
  switch (metric) {
    case 'cpu':
      return `${rounded(value * 100)}%`;
    case 'sessions':
      return rounded(value);
    case 'packets':
      return `${rounded(value)}/s`;
    case 'delay':
      return `${rounded(value)}ms`;
  }
}

/** To three figures, and whole numbers whole. */
function rounded(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
