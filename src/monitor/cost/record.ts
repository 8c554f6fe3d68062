/** What one container of an application cost in a stretch of time. Stable. */
export interface CostRow {
  readonly container: string;
  readonly pod: string;
  readonly service: string | null;
  /** `application`, `agent`, `collector`, `sandbox`, or `node`: the node itself, which serves every application. */
  readonly role: string;
  readonly feature: string | null;
  /** Cores, on average: 0.02 is 2 % of one. */
  readonly cpu: number;
  /** Seconds. */
  readonly cpuSeconds: number;
  /** Bytes at the end, and at most. */
  readonly memory: number;
  readonly memoryPeak: number;
  /**
   * Bytes: of an application on its networks, of an agent or collector on its pod's management link, which the agents
   * of one pod share; of an agent beside a service on both.
   */
  readonly sent: number;
  readonly received: number;
  /** Seconds that were measured. */
  readonly seconds: number;
}
