import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { replaceFileSoon } from '../../lib/replace-file.ts';
import { outputsFile, outputsPlace } from '../../selector/function-outputs.ts';
import type { DeployContext } from '../context.ts';
import { type HookedPod, outputsByPod } from './inputs.ts';
import type { Outputs } from './outputs.ts';
import { notesOf } from './readiness.ts';

/**
 * Writes what a function has put out, by pod, where the containers see it that use it: whole, or not at all. Whoever runs in
 * those may read it; on the host the folder above is closed.
 */
export async function writeOutputs({ spec, folder }: DeployContext, pod: HookedPod): Promise<void> {
  const { service } = pod.forwards;
  const notes = await notesOf(spec, folder);
  const outputs = Object.fromEntries(
    Object.entries(notes).map(([name, one]): [string, Outputs] => [name, one.outputs]),
  );
  const place = path.join(folder.path, outputsPlace(service));
  await mkdir(place, { recursive: true, mode: 0o700 });
  await chmod(place, 0o755);
  const text = `${JSON.stringify(outputsByPod(spec, service, outputs), null, 2)}\n`;
  await replaceFileSoon(path.join(place, outputsFile), text, 0o644);
}
