import { lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** Lets who knows nothing of the node's settings find its socket at the usual place of the run folder, if nobody is there. */
export function linkUsual(socket: string, runDir: string): { remove(): void } {
  const usual = path.join(runDir, 'node.sock');
  const there = () => lstatSync(usual, { throwIfNoEntry: false });
  const isOwn = () => there()?.isSymbolicLink() === true && readlinkSync(usual) === socket;
  if (socket === usual) return { remove: () => {} };
  // A link that a kill has left leads nowhere, or to a node that has another name for itself.
  if (there()?.isSymbolicLink()) rmSync(usual);
  if (!there()) symlinkSync(socket, usual);
  return { remove: () => isOwn() && rmSync(usual) };
}
