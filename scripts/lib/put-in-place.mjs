// What was built takes the place of what was built before, file by file: whoever reads there meanwhile finds the old or the new.
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Moves all of a folder into another, and then takes out what only the other had. */
export function putInPlace(made, place) {
  const files = filesOf(made);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
    renameSync(path.join(made, file), path.join(place, file));
  }
  for (const file of filesOf(place)) if (!files.includes(file)) rmSync(path.join(place, file));
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
