import { readFileSync } from 'node:fs';

/** What all cores of a host have done since it started, in seconds of one. */
export interface ProcessorTime {
  readonly busy: number;
  /** That this machine's own host took from them. */
  readonly stolen: number;
  readonly all: number;
}

/** Of `/proc/stat`, in a second (proc_stat(5), USER_HZ: 100 on all that Node runs on). */
const ticks = 100;

export function processorTime(): ProcessorTime {
  return parseStat(readFileSync('/proc/stat', 'utf8'));
}

/** Time of guests is in that of users already. Pure. */
export function parseStat(text: string): ProcessorTime {
  const line = /^cpu +(.*)$/m.exec(text)?.[1] ?? '';
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(' ')
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  return { busy: busy / ticks, stolen: steal / ticks, all: (busy + idle + iowait + steal) / ticks };
}

/** Cores that were busy from one look to another: 0 to as many as there are. Pure. */
export function busyCores(before: ProcessorTime, after: ProcessorTime, cores: number): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : ((after.busy - before.busy) / all) * cores;
}
