import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { replaceFileSoon } from '../../lib/replace-file.ts';
import { Turns } from '../../lib/turns.ts';
import { outputsFile, outputsPlace } from '../../selector/function-outputs.ts';
import type { DeployContext } from '../context.ts';
import { type HookedPod, outputsByPod } from './inputs.ts';
import { type HookNotes, writeNotes } from './notes.ts';
import type { Outputs } from './outputs.ts';
import { notesOf } from './readiness.ts';

/** Of several functions of a service, one after the other: each writes the file of all. */
const turns = new Turns();

/**
 * Writes what a function has put out, by pod, where the containers see it that use it, and then its notes: whole, or not at all.
 * Whoever runs in those may read it; on the host the folder above is closed.
 */
export function keepOutputs(
  { spec, folder }: Pick<DeployContext, 'spec' | 'folder'>,
  { name, forwards: { service } }: HookedPod,
  notes: HookNotes,
): Promise<void> {
  const place = path.join(folder.path, outputsPlace(service));
  return turns.take(place, async () => {
    const all = { ...(await notesOf(spec, folder)), [name]: notes };
    const outputs = Object.fromEntries(
      Object.entries(all).map(([pod, one]): [string, Outputs] => [pod, one.outputs]),
    );
    await mkdir(place, { recursive: true, mode: 0o700 });
    await chmod(place, 0o755);
    const text = `${JSON.stringify(outputsByPod(spec, service, outputs), null, 2)}\n`;
    await replaceFileSoon(path.join(place, outputsFile), text, 0o644);
    await writeNotes(folder, name, notes);
  });
}
