/** Which replica of which service said it. */
export interface SnmpSource {
  readonly service: string;
  readonly pod: string;
}

/** SNMPv2-MIB's system group (RFC 3418), and HOST-RESOURCES-MIB's (RFC 2790). */
export interface SystemRecord extends SnmpSource {
  readonly name: string;
  readonly contact: string;
  readonly location: string;
  readonly description: string;
  /** Seconds since the service's first process, and since its agent, was started. */
  readonly uptime: number;
  readonly agentUptime: number;
  readonly processes: number;
}

/** An interface (RFC 2863). The agent looks at the counters every 15 seconds at most. */
export interface InterfaceRecord extends SnmpSource {
  readonly index: number;
  readonly name: string;
  readonly mac: string | null;
  readonly mtu: number;
  /** Bits a second. */
  readonly speed: number;
  readonly admin: InterfaceStatus;
  readonly oper: InterfaceStatus;
  /** Whether it is Heddle's own link, that only management passes. */
  readonly management: boolean;
  readonly in: InterfaceCounters;
  readonly out: InterfaceCounters;
}

export type InterfaceStatus =
  | 'up'
  | 'down'
  | 'testing'
  | 'unknown'
  | 'dormant'
  | 'notPresent'
  | 'lowerLayerDown';

export interface InterfaceCounters {
  readonly bytes: number;
  readonly packets: number;
  readonly discards: number;
  readonly errors: number;
}

/** A process of the service (RFC 2790, hrSWRun). */
export interface ProcessRecord extends SnmpSource {
  readonly pid: number;
  readonly name: string;
  readonly path: string;
  readonly arguments: string;
  readonly state: 'running' | 'runnable' | 'notRunnable' | 'invalid';
  /** Seconds of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** What the service may use and uses (RFC 2790, hrStorage and hrProcessor), from its control group and its mounts. */
export interface ResourceRecord extends SnmpSource {
  readonly kind: 'cpu' | 'memory' | 'cache' | 'filesystem';
  readonly name: string;
  readonly unit: 'bytes' | 'cores';
  readonly size: number;
  readonly used: number;
  /** How often it was refused. */
  readonly failures: number;
}

/** One object as the agent has it. */
export interface ObjectRecord extends SnmpSource {
  readonly oid: string;
  /** `sysName.0`, where Heddle knows one. */
  readonly name: string | null;
  readonly type: string;
  readonly value: string | number | null;
}

export interface SnmpViews {
  readonly system: SystemRecord;
  readonly interfaces: InterfaceRecord;
  readonly processes: ProcessRecord;
  readonly resources: ResourceRecord;
}

export type SnmpView = keyof SnmpViews;

export interface ObjectQuery {
  readonly service: string;
  readonly verb: 'get' | 'walk';
  /** Names that Heddle knows, or numbers. */
  readonly objects: readonly string[];
}

export interface ObjectChange {
  readonly service: string;
  /** sysName, sysContact, sysLocation, or `ifAdminStatus.eth0`. */
  readonly object: string;
  readonly value: string;
}
