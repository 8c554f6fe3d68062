import { readFile } from 'node:fs/promises';

/** What a control group's processes have used. */
export interface Usage {
  /** Seconds of CPU since the group was made. */
  readonly cpu: number;
  /** Bytes in memory now, without file pages that the kernel can drop at once: what `docker stats` shows. */
  readonly memory: number;
}

/** Files of a control group that hold its figures, for either version of control groups (cgroups(7)). */
export type CgroupFiles =
  | { readonly version: 1; readonly cpu: string; readonly memory: string }
  | { readonly version: 2; readonly folder: string };

/**
 * What a container has used, read from the control group of its first process.
 * Nothing when the process is gone, or is another container's by now.
 */
export async function readUsage(pid: number, container: string): Promise<Usage | undefined> {
  try {
    const files = cgroupFiles(await readFile(`/proc/${pid}/cgroup`, 'utf8'), container);
    if (!files) return undefined;
    if (files.version === 2) {
      const [cpu, current, stat] = await Promise.all(
        ['cpu.stat', 'memory.current', 'memory.stat'].map((file) =>
          readFile(`${files.folder}/${file}`, 'utf8'),
        ),
      );
      return {
        cpu: field(cpu, 'usage_usec') / 1e6,
        memory: workingSet(Number(current), field(stat, 'inactive_file')),
      };
    }
    const [cpu, current, stat] = await Promise.all([
      readFile(`${files.cpu}/cpuacct.usage`, 'utf8'),
      readFile(`${files.memory}/memory.usage_in_bytes`, 'utf8'),
      readFile(`${files.memory}/memory.stat`, 'utf8'),
    ]);
    return {
      cpu: Number(cpu) / 1e9,
      memory: workingSet(Number(current), field(stat, 'total_inactive_file')),
    };
  } catch {
    return undefined;
  }
}

/** Finds the files from `/proc/PID/cgroup`; nothing unless the group bears the container's id. */
export function cgroupFiles(text: string, container: string): CgroupFiles | undefined {
  const groups = cgroupFolders(text, container);
  const [cpu, memory, unified] = [groups.get('cpuacct'), groups.get('memory'), groups.get('')];
  if (cpu !== undefined && memory !== undefined) return { version: 1, cpu, memory };
  return unified === undefined ? undefined : { version: 2, folder: unified };
}

/** The folder of each controller, and under an empty name that of version 2. */
export function cgroupFolders(text: string, container: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.trim().split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (!path.includes(container)) continue;
    if (controllers === '') groups.set('', `/sys/fs/cgroup${path}`);
    else for (const name of controllers.split(',')) groups.set(name, `/sys/fs/cgroup/${controllers}${path}`);
  }
  return groups;
}

function workingSet(current: number, inactiveFile: number): number {
  return Math.max(0, current - inactiveFile);
}

function field(text: string | undefined, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text ?? '')?.[1] ?? 0);
}
