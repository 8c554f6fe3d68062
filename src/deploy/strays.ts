import { readFile, readlink } from 'node:fs/promises';
import type { ObservedContainer } from '../engines/observed.ts';
import { label } from '../lib/labels.ts';
import type { ContainerSpec, DeploymentSpec, PodSpec } from '../selector/spec.ts';

/** What of a container that runs is not where it belongs any more. */
export interface Stray {
  /** It lives in a network namespace that is not its sandbox's. */
  readonly network?: true;
  /** It shares a view of processes that is not its application's. */
  readonly processes?: true;
  /** Files that it was given from the state folder were removed. */
  readonly files?: true;
}

/**
 * The containers that are cut off from what they belong to. Read from the kernel, which knows no time: clocks may be set
 * back between two starts.
 */
export async function observeStrays(
  spec: DeploymentSpec,
  containers: readonly ObservedContainer[],
): Promise<Record<string, Stray>> {
  const byName = new Map(containers.map((container) => [container.name, container]));
  const found = spec.pods.flatMap((pod) =>
    pod.containers.map(async (container): Promise<[string, Stray][]> => {
      const pid = byName.get(container.name)?.pid;
      if (pid === undefined) return [];
      const application = pod.containers.find(({ role }) => role === 'application');
      const shares = container.sharing?.includes('pid') && application;
      const [network, processes, files] = await Promise.all([
        isApart('net', pid, sandboxOf(pod, containers)?.pid),
        shares ? isApart('pid', pid, byName.get(application.name)?.pid) : false,
        hasLostFiles(pid, container),
      ]);
      if (!network && !processes && !files) return [];
      return [
        [
          container.name,
          {
            ...(network && { network: true as const }),
            ...(processes && { processes: true as const }),
            ...(files && { files: true as const }),
          },
        ],
      ];
    }),
  );
  return Object.fromEntries((await Promise.all(found)).flat());
}

function sandboxOf({ name, sandbox }: PodSpec, containers: readonly ObservedContainer[]) {
  if (sandbox.kind !== 'own' && sandbox.kind !== 'pod') return undefined;
  const pod = sandbox.kind === 'own' ? name : sandbox.pod;
  return containers.find(({ labels }) => labels[label.pod] === pod && labels[label.role] === 'sandbox');
}

/** Whether two processes are in different namespaces of a kind; what is gone meanwhile is no news. */
async function isApart(kind: 'net' | 'pid', one: number, other: number | undefined): Promise<boolean> {
  if (other === undefined) return false;
  const [a, b] = await Promise.all(
    [one, other].map((pid) => readlink(`/proc/${pid}/ns/${kind}`).catch(() => undefined)),
  );
  return a !== undefined && b !== undefined && a !== b;
}

/** The kernel marks what is mounted from a file that was removed (fs/d_path.c). */
async function hasLostFiles(pid: number, { mounts }: ContainerSpec): Promise<boolean> {
  const ours = new Set(
    mounts.flatMap(({ type, target }) => (['state', 'secret', 'file'].includes(type) ? [target] : [])),
  );
  if (ours.size === 0) return false;
  const text = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
  return text.split('\n').some((line) => {
    const [, , , root = '', target = ''] = line.split(' ');
    return root.endsWith('//deleted') && ours.has(target);
  });
}
