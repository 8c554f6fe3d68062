import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../lib/errors.ts';
import { InvalidInput } from '../lib/errors.ts';
import { contentHash } from '../lib/hash.ts';
import { parseYaml } from '../lib/yaml.ts';
import { type Template, templateSchema } from './template.ts';

/** An image that is built from a folder with a Containerfile. */
export interface CatalogueImage {
  readonly name: string;
  readonly folder: string;
  /** `localhost/heddle/<name>:<hash of the folder's content>`: another content is another image. */
  readonly reference: string;
}

/** Templates by feature, images by name. */
export interface Catalogue {
  readonly templates: Readonly<Record<string, Template>>;
  readonly images: Readonly<Record<string, CatalogueImage>>;
}

/** Heddle's own catalogue, in the package. */
export const builtInFolder = path.resolve(import.meta.dirname, '../../catalogue');

/**
 * Reads Heddle's catalogue and the user's own folders, each with `templates/*.yaml` and `images/<name>/Containerfile`.
 * A later folder replaces what an earlier one of the user's has under the same name, and nothing of Heddle's own: what
 * bears the name of the firewall is the firewall.
 * @throws InvalidInput with every malformed template at once
 */
export function loadCatalogue(folders: readonly string[] = []): Catalogue {
  // Without a prototype: a feature may be called `constructor`, and is there only if somebody has made it.
  const templates: Record<string, Template> = Object.create(null);
  const images: Record<string, CatalogueImage> = Object.create(null);
  const diagnostics: Diagnostic[] = [];
  for (const folder of [builtInFolder, ...folders.map((f) => path.resolve(f))]) {
    const builtIn = folder === builtInFolder;
    for (const image of imagesIn(path.join(folder, 'images'))) {
      const own = images[image.name]?.folder.startsWith(`${builtInFolder}/`);
      if (own && !builtIn)
        diagnostics.push(takenName('image', image.name, path.join(image.folder, 'Containerfile')));
      else images[image.name] = image;
    }
    for (const file of templateFiles(folder, diagnostics)) {
      const template = readTemplate(file, builtIn, diagnostics);
      if (!template) continue;
      const own = templates[template.feature]?.builtIn;
      if (own && !builtIn) diagnostics.push(takenName('feature', template.feature, file));
      else templates[template.feature] = template;
    }
  }
  if (diagnostics.length > 0) throw new InvalidInput(diagnostics);
  return { templates, images };
}

function takenName(kind: 'feature' | 'image', name: string, file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'ERR_TEMPLATE_INVALID',
    message: `the ${kind} ${name} is one of Heddle's own, and is not replaced`,
    at: { file, line: 1, column: 1 },
    hint: `give yours another name`,
  };
}

function templateFiles(folder: string, diagnostics: Diagnostic[]): string[] {
  const templates = path.join(folder, 'templates');
  try {
    return readdirSync(templates)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => path.join(templates, name));
  } catch (cause) {
    diagnostics.push({
      severity: 'error',
      code: 'ERR_FILE_NOT_FOUND',
      message: `the catalogue folder ${folder} has no readable folder "templates": ${(cause as Error).message}`,
    });
    return [];
  }
}

function readTemplate(file: string, builtIn: boolean, diagnostics: Diagnostic[]): Template | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    diagnostics.push({
      severity: 'error',
      code: 'ERR_FILE_NOT_FOUND',
      message: `the template ${file} cannot be read: ${(cause as Error).message}`,
      hint: 'mend it, or move it out of the catalogue folder',
    });
    return undefined;
  }
  const yaml = parseYaml(text, file);
  for (const problem of yaml.problems) {
    diagnostics.push({
      severity: 'error',
      code: 'ERR_YAML_SYNTAX',
      message: problem.message,
      at: problem.at,
    });
  }
  if (yaml.problems.length > 0) return undefined;
  const checked = templateSchema.safeParse(yaml.value);
  if (checked.success) return { ...checked.data, file, builtIn };
  for (const issue of checked.error.issues) {
    const where = issue.path.map(String);
    diagnostics.push({
      severity: 'error',
      code: 'ERR_TEMPLATE_INVALID',
      message: `${where.join('.') || 'template'}: ${issue.message}`,
      at: yaml.at(where),
    });
  }
  return undefined;
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
