import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type NamespaceKind, namespaceKinds } from './record.ts';

export type NamespaceLinks = Readonly<Record<NamespaceKind, string>>;

/** A process, by the namespaces it lives in: `net:[4026531840]`. */
export interface ProcessFacts {
  readonly pid: number;
  readonly namespaces: NamespaceLinks;
}

/** What the kernel says of a container's processes. */
export interface ContainerFacts extends ProcessFacts {
  /** /proc/PID/mountinfo of its first process. */
  readonly mountinfo: string;
  /** /proc/PID/status of each process in its mount namespace, which no two containers share. */
  readonly statuses: readonly { readonly pid: number; readonly text: string }[];
}

const files: Readonly<Record<NamespaceKind, string>> = {
  network: 'net',
  pid: 'pid',
  mount: 'mnt',
  ipc: 'ipc',
  uts: 'uts',
};

/** The name of a kind of namespace under /proc/PID/ns. */
export function namespaceFile(kind: NamespaceKind): string {
  return files[kind];
}

/** Every process of this host that can be looked at. */
export function readProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const namespaces = gone(() => linksOf(Number(name)));
      return namespaces ? [{ pid: Number(name), namespaces }] : [];
    });
}

/** The host as the node sees it. */
export function readHost(): { readonly namespaces: NamespaceLinks; readonly mountinfo: string } {
  return { namespaces: linksOf(process.pid), mountinfo: readFileSync('/proc/self/mountinfo', 'utf8') };
}

/** A container by its first process; nothing when it has just ended. */
export function readContainer(pid: number, all: readonly ProcessFacts[]): ContainerFacts | undefined {
  return gone(() => {
    const namespaces = linksOf(pid);
    const members = all.filter((process) => process.namespaces.mount === namespaces.mount);
    const statuses = members.flatMap((member) => {
      const text = gone(() => readFileSync(`/proc/${member.pid}/status`, 'utf8'));
      return text === undefined ? [] : [{ pid: member.pid, text }];
    });
    return { pid, namespaces, mountinfo: readFileSync(`/proc/${pid}/mountinfo`, 'utf8'), statuses };
  });
}

function linksOf(pid: number): NamespaceLinks {
  const entries = namespaceKinds.map((kind) => [kind, readlinkSync(`/proc/${pid}/ns/${files[kind]}`)]);
  return Object.fromEntries(entries) as NamespaceLinks;
}

/** Processes come and go while they are looked at. */
function gone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
