import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, release, totalmem } from 'node:os';

/** Where a result was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly arch: string;
  readonly kernel: string;
  readonly system: string;
  readonly node: string;
  /** Load average of the minute before. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const system = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    arch: arch(),
    kernel: release(),
    system: system ?? 'unknown',
    node: process.versions.node,
    load: loadavg()[0] ?? 0,
  };
}
