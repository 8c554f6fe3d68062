import { type CatalogueFolder, readFolder } from '../catalogue/folder.ts';
import type { ProjectOptions } from './command.ts';

/** What folders with templates of the user's own hold: those of flags, else of HEDDLE_CATALOGUE, separated by colons. */
export function catalogueFolders({ catalogue }: ProjectOptions): CatalogueFolder[] {
  const named = (process.env['HEDDLE_CATALOGUE'] ?? '').split(':').filter((folder) => folder !== '');
  return (catalogue ?? named).map(readFolder);
}
