import { readFileSync } from 'node:fs';
import { processorTime } from '../../src/lib/processor-time.ts';

/** CPU in seconds, memory in bytes. */
export interface ProcessUsage {
  readonly cpu: number;
  readonly memory: number;
}

/** Clock ticks in a second: the unit of /proc/PID/stat on every Linux that Node runs on. */
const ticks = 100;

export function processUsage(pid: number): ProcessUsage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  // utime and stime, and those of children that it has waited for: `ip`, `nsenter`.
  const used = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { cpu: used / ticks, memory: Number(resident) * 1024 };
}

/** Seconds that all cores together were busy with anything, and that the machine's own host took from them. */
export function machineCpu(): number {
  const { busy, stolen } = processorTime();
  return busy + stolen;
}
