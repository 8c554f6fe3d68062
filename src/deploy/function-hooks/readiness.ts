import type { ObservedContainer } from '../../engines/observed.ts';
import type { DeploymentSpec } from '../../selector/spec.ts';
import type { DeployContext } from '../context.ts';
import type { StateFolder } from '../state-folder.ts';
import { programNames } from '../stopped.ts';
import { programOf, whyNotReady } from './due.ts';
import { isHooked } from './inputs.ts';
import { type AllNotes, readNotes } from './notes.ts';

/** @throws HeddleError ERR_STATE_NEWER */
export async function notesOf(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  folder: StateFolder,
): Promise<AllNotes> {
  const found = await Promise.all(
    pods.filter(isHooked).map(async ({ name }) => [name, await readNotes(folder, name)] as const),
  );
  return Object.fromEntries(found.flatMap(([name, notes]) => (notes ? [[name, notes] as const] : [])));
}

/** Containers of functions that have a hook `stop`, and whose pod each is. Pure. */
export function stopsOf({ pods }: Pick<DeploymentSpec, 'pods'>): Record<string, string> {
  return Object.fromEntries(
    pods
      .filter(isHooked)
      .filter(({ forwards }) => forwards.hooks.stop !== undefined)
      .flatMap((pod) => programNames(pod).map((name) => [name, pod.name])),
  );
}

/** Functions that run and are not ready, with the process of their program, and why. */
export type NotReady = ReadonlyMap<string, { readonly pid: number; readonly why: string }>;

/** Functions that run and are not ready: nothing passes them. Pure. */
export function notReady(
  { pods }: Pick<DeploymentSpec, 'pods'>,
  containers: readonly ObservedContainer[],
  notes: AllNotes,
): NotReady {
  return new Map(
    pods.filter(isHooked).flatMap((pod) => {
      const program = programOf(pod, containers);
      const why = program && whyNotReady(pod, notes[pod.name], program);
      return program && why !== undefined ? [[pod.name, { pid: program.pid, why }] as const] : [];
    }),
  );
}

/** Whether nothing may pass a function whose program is a process: it has ended, or is not ready. */
export async function outOfService(
  { spec, folder, proofs }: Pick<DeployContext, 'spec' | 'folder' | 'proofs'>,
  containers: readonly ObservedContainer[],
): Promise<(pid: number) => boolean> {
  const isReady = readinessOf(spec, containers, await notesOf(spec, folder));
  return (pid) => proofs.hasEnded(pid) || !isReady(pid);
}

/** Whether a function whose program is a process is ready. Pure. */
export function readinessOf(
  spec: Pick<DeploymentSpec, 'pods'>,
  containers: readonly ObservedContainer[],
  notes: AllNotes,
): (pid: number) => boolean {
  const pids = new Set([...notReady(spec, containers, notes).values()].map(({ pid }) => pid));
  return (pid) => !pids.has(pid);
}
