import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { cgroupFolders } from '../cost/cgroup.ts';

/** What a control group says beside CPU and memory. */
export interface Figures {
  /** Bytes; the host's memory where the group sets no limit. */
  readonly memoryLimit: number;
  /** Bytes of block devices. */
  readonly read: number;
  readonly written: number;
  readonly processes: number;
}

/** Reads them of the control group of a container's first process; what it does not count is 0. */
export async function readFigures(pid: number, container: string): Promise<Figures> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  const folders = cgroupFolders(text, container);
  const unified = folders.has('memory') ? undefined : folders.get('');
  const file = (controller: string, name: string) =>
    readFile(`${unified ?? folders.get(controller)}/${name}`, 'utf8').catch(() => '');
  const [limit, pids, io] = await Promise.all([
    file('memory', unified === undefined ? 'memory.limit_in_bytes' : 'memory.max'),
    file('pids', 'pids.current'),
    file('blkio', unified === undefined ? 'blkio.throttle.io_service_bytes' : 'io.stat'),
  ]);
  return { memoryLimit: limitOf(limit), processes: Number(pids) || 0, ...blockBytes(io) };
}

/** `max`, or a number beyond what there is, is no limit. */
export function limitOf(text: string, host = totalmem()): number {
  const limit = Number(text);
  return Number.isFinite(limit) && limit > 0 ? Math.min(limit, host) : host;
}

/** Sums up the devices in `8:0 rbytes=1 wbytes=2` (version 2), or `8:0 Read 1`, a line each (version 1). */
export function blockBytes(text: string): Pick<Figures, 'read' | 'written'> {
  const sum = (pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((all, [, bytes]) => all + Number(bytes), 0);
  return {
    read: sum(/^\d+:\d+ .*?(?:\brbytes=|Read )(\d+)/gm),
    written: sum(/^\d+:\d+ .*?(?:\bwbytes=|Write )(\d+)/gm),
  };
}
