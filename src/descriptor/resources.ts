/** What a service may use, and what is kept for it. Memory in bytes, CPU in cores. */
export interface Resources {
  readonly limits: { readonly cpus?: number; readonly memory?: number; readonly pids?: number };
  readonly reservations: { readonly cpus?: number; readonly memory?: number };
  readonly tuning?: Tuning;
}

/** How the kernel shares out what there is, as the engines' API has it. Memory in bytes. */
export interface Tuning {
  readonly cpuShares?: number;
  /** Processors it may run on, `0-3,5`. */
  readonly cpuset?: string;
  /** Memory and swap together; −1: as much as there is. */
  readonly memorySwap?: number;
  readonly swappiness?: number;
  readonly oomKillDisable?: boolean;
  readonly oomScoreAdj?: number;
  readonly cgroupParent?: string;
  readonly deviceCgroupRules?: readonly string[];
}
