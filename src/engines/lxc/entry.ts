import { copyFileSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../lib/package-root.ts';
import { replaceFile } from '../../lib/replace-file.ts';

/** Where a container has what starts its program, and where that reads what it is to run. */
const folder = '/.heddle';
export const entryProgram = `${folder}/entry`;
/** The program that starts others, and takes in processes whose parents have ended: catatonit(1), as Podman has it. */
const initProgram = '/usr/bin/catatonit';
const initPlace = `${folder}/init`;

/** Words of a program under an init. */
export function underInit(words: readonly string[]): readonly string[] {
  return [initPlace, '--', ...words];
}

/** A variable as a line of lxc.container.conf(5) takes it, whatever it is: what starts the program knows how it is written. */
export function entryVariable(key: string, value: string): string {
  return `HEDDLE:${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
}

/** Words that start one more program in a folder of a container; it is given variables at descriptor 3, where no other process sees them. */
export function entryWords(folder: string, command: readonly string[]): readonly string[] {
  return [entryProgram, 'exec', folder, ...command];
}

/** What is written there: all, or it is none. */
export function entryVariables(environment: readonly string[]): string {
  return `${environment.map((one) => `${one}\0`).join('')}\0`;
}

/**
 * Writes into the root file system of a container, in which nothing runs, what it starts with: lxc.container.conf(5) takes no words with
 * quotes or ends of lines.
 */
export function placeEntry(rootFs: string, words: readonly string[]): void {
  const place = path.join(rootFs, folder);
  // Whatever its own program has put there meanwhile.
  if (lstatSync(place, { throwIfNoEntry: false })) rmSync(place, { recursive: true });
  mkdirSync(place, { mode: 0o755 });
  copyFileSync(path.join(packageRoot, 'dist', 'shim', 'heddle-entry'), path.join(rootFs, entryProgram));
  if (words[0] === initPlace) copyFileSync(initProgram, path.join(rootFs, initPlace));
  replaceFile(path.join(place, 'words'), words.map((word) => `${word}\0`).join(''), 0o644);
}
