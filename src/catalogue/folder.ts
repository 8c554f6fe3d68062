import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../lib/errors.ts';
import { contentHash } from '../lib/hash.ts';

/** An image that is built from a folder with a Containerfile. */
export interface CatalogueImage {
  readonly name: string;
  readonly folder: string;
  /** `localhost/heddle/<name>:<hash of the folder's content>`: another content is another image. */
  readonly reference: string;
}

/** A template as it was written. */
export interface TemplateText {
  readonly file: string;
  readonly text: string;
}

/** What a folder with `templates/*.yaml` and `images/<name>/Containerfile` holds: plain data, which can be sent. */
export interface CatalogueFolder {
  readonly templates: readonly TemplateText[];
  readonly images: readonly CatalogueImage[];
  /** What could not be read. */
  readonly problems: readonly Diagnostic[];
}

/** Reads a folder of a catalogue; what its templates say is not looked at. `name`: as seen from the working directory. */
export function readFolder(name: string): CatalogueFolder {
  const folder = path.resolve(name);
  const problems: Diagnostic[] = [];
  const images = imagesIn(path.join(folder, 'images'));
  const templates = templateFiles(folder, problems).flatMap((file) => readText(file, problems));
  return { templates, images, problems };
}

function templateFiles(folder: string, problems: Diagnostic[]): string[] {
  const templates = path.join(folder, 'templates');
  try {
    return readdirSync(templates)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => path.join(templates, name));
  } catch (cause) {
    problems.push({
      severity: 'error',
      code: 'ERR_FILE_NOT_FOUND',
      message: `the catalogue folder ${folder} has no readable folder "templates": ${(cause as Error).message}`,
    });
    return [];
  }
}

function readText(file: string, problems: Diagnostic[]): TemplateText[] {
  try {
    return [{ file, text: readFileSync(file, 'utf8') }];
  } catch (cause) {
    problems.push({
      severity: 'error',
      code: 'ERR_FILE_NOT_FOUND',
      message: `the template ${file} cannot be read: ${(cause as Error).message}`,
      hint: 'mend it, or move it out of the catalogue folder',
    });
    return [];
  }
}

function imagesIn(folder: string): CatalogueImage[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'Containerfile')))
    .map((entry) => {
      const home = path.join(folder, entry.name);
      return {
        name: entry.name,
        folder: home,
        reference: `localhost/heddle/${entry.name}:${hashFolder(home)}`,
      };
    });
}

function hashFolder(folder: string): string {
  const parts = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .flatMap((file) => [path.relative(folder, file), '\0', readFileSync(file)]);
  return contentHash(...parts).slice(0, 12);
}
