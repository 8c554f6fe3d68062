import path from 'node:path';
import type { Diagnostic } from '../lib/errors.ts';
import { InvalidInput } from '../lib/errors.ts';
import { parseYaml } from '../lib/yaml.ts';
import { type CatalogueFolder, type CatalogueImage, readFolder, type TemplateText } from './folder.ts';
import { type Template, templateSchema } from './template.ts';

/** Templates by feature, images by name. */
export interface Catalogue {
  readonly templates: Readonly<Record<string, Template>>;
  readonly images: Readonly<Record<string, CatalogueImage>>;
}

/** Heddle's own catalogue, in the package. */
export const builtInFolder = path.resolve(import.meta.dirname, '../../catalogue');

/**
 * Heddle's catalogue, and what was found in the user's own folders.
 * A later folder replaces what an earlier one of the user's has under the same name, and nothing of Heddle's own: what
 * bears the name of the firewall is the firewall.
 * @throws InvalidInput with every malformed template at once
 */
export function loadCatalogue(folders: readonly CatalogueFolder[] = []): Catalogue {
  // Without a prototype: a feature may be called `constructor`, and is there only if somebody has made it.
  const templates: Record<string, Template> = Object.create(null);
  const images: Record<string, CatalogueImage> = Object.create(null);
  const diagnostics: Diagnostic[] = [];
  for (const [index, folder] of [readFolder(builtInFolder), ...folders].entries()) {
    const builtIn = index === 0;
    diagnostics.push(...folder.problems);
    for (const image of folder.images) {
      const own = images[image.name]?.folder.startsWith(`${builtInFolder}/`);
      if (own && !builtIn)
        diagnostics.push(takenName('image', image.name, path.join(image.folder, 'Containerfile')));
      else images[image.name] = image;
    }
    for (const found of folder.templates) {
      const template = builtIn ? ownTemplate(found, diagnostics) : readTemplate(found, false, diagnostics);
      if (!template) continue;
      const own = templates[template.feature]?.builtIn;
      if (own && !builtIn) diagnostics.push(takenName('feature', template.feature, found.file));
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

/** Heddle's own templates as they were last read, by file: a node is asked for its catalogue with every project. */
const read = new Map<string, { readonly text: string; readonly template: Template }>();

function ownTemplate(found: TemplateText, diagnostics: Diagnostic[]): Template | undefined {
  const known = read.get(found.file);
  if (known?.text === found.text) return known.template;
  const template = readTemplate(found, true, diagnostics);
  if (template) read.set(found.file, { text: found.text, template });
  return template;
}

function readTemplate(
  { file, text }: TemplateText,
  builtIn: boolean,
  diagnostics: Diagnostic[],
): Template | undefined {
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
